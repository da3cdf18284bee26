{{/*
Everything of the stack. An umbrella chart includes it with its own graph, and with the Files of this chart. Each part is
one template that renders nothing where its section is off; it may render several documents.
*/}}
{{- define "observability.manifests" -}}
{{- include "observability.checks" . -}}
{{- range $part := list "collector" "jaeger" "prometheus" "alertmanager" "grafana" "elasticsearch" "fluentd" "kibana" -}}
  {{- include "observability.document" (list (printf "observability.%s" $part) $) -}}
{{- end -}}
{{- end -}}

{{/* A template's text as documents of its own, if it has any. It may begin with one itself. */}}
{{- define "observability.document" -}}
{{- with include (index . 0) (index . 1) | trim | trimPrefix "---" | trim }}
---
{{ . }}
{{ end -}}
{{- end -}}
