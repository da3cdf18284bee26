{{/* Everything of one service, in the order in which it is needed. An umbrella chart includes it once for each service. */}}
{{- define "service.manifests" -}}
{{- include "service.checks" . -}}
{{- $stable := mergeOverwrite (deepCopy .Values) (dict "track" "v1") -}}
{{- $tracks := list $stable -}}
{{- with .Values.canary -}}
  {{- if .enabled -}}
    {{- $own := dict "track" "v2" "replicaCount" .replicaCount "image" .image "config" .config "supergraph" .supergraph -}}
    {{- $canary := mergeOverwrite (deepCopy $stable) (deepCopy $own) -}}
    {{- /* Its tag is not the stable version's digest. */ -}}
    {{- if and .image.tag (not .image.digest) }}{{ $_ := set $canary.image "digest" "" }}{{ end -}}
    {{- $tracks = append $tracks $canary -}}
  {{- end -}}
{{- end -}}
{{- $once := list "serviceaccount" "ownSecrets" "databaseSecrets" "identitySecrets" "documents" "rest" "migrationhook" "service" "networkpolicy" "ingress" "horizontalpodautoscaler" "scaledobject" "verticalpodautoscaler" "metricsservice" "servicemonitor" "podmonitor" -}}
{{- $each := list "config" "supergraph" "trackservice" "poddisruptionbudget" "deployment" -}}
{{- range $part := $once -}}
  {{- include "service.document" (list (printf "service.%s" $part) (set (omit $ "Values") "Values" $stable)) -}}
{{- end -}}
{{- range $values := $tracks -}}
  {{- range $part := $each -}}
    {{- include "service.document" (list (printf "service.%s" $part) (set (omit $ "Values") "Values" $values)) -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{/* A template's text as a document of its own, if it has any. */}}
{{- define "service.document" -}}
{{- with include (index . 0) (index . 1) | trim }}
---
{{ . }}
{{ end -}}
{{- end -}}
