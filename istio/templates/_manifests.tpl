{{/* Everything of the mesh. An umbrella chart includes it with its own services. */}}
{{- define "istio.manifests" -}}
{{- include "istio.checks" . -}}
{{- range $part := list "peerauthentication" "denyAll" "gateway" "ingressRoutes" "apiGateway" "httproute" "requestauthentication" "ratelimit" "telemetry" "ingressTelemetry" -}}
  {{- include "istio.document" (list (printf "istio.%s" $part) $) -}}
{{- end -}}
{{- range $name, $service := .Values.services -}}
  {{- range $part := list "virtualservice" "destinationrule" "sidecar" -}}
    {{- include "istio.document" (list (printf "istio.%s" $part) (list $ $name)) -}}
  {{- end -}}
  {{- range $callee := $service.calls -}}
    {{- $edge := dict "root" $ "to" $callee "from" $name "principal" (include "istio.principal" (list $ $name)) "operations" (include "istio.operations" (list $ $name $callee) | fromJsonArray) -}}
    {{- include "istio.document" (list "istio.allow" $edge) -}}
  {{- end -}}
{{- end -}}
{{- $fromIngress := dict "root" . "to" "gateway" "from" "ingress" "principal" (include "istio.ingressPrincipal" .) "operations" (list (dict "ports" (list "4000"))) -}}
{{- include "istio.document" (list "istio.allow" $fromIngress) -}}
{{- range $edges := .Values.edges -}}
  {{- range $from := $edges.from -}}
    {{- $edge := dict "root" $ "to" $edges.to "from" $from "principal" (include "istio.principal" (list $ $from)) "operations" (list (dict "ports" (list (toString $edges.port)))) -}}
    {{- include "istio.document" (list "istio.allow" $edge) -}}
  {{- end -}}
{{- end -}}
{{- range $name, $external := .Values.externalServices -}}
  {{- include "istio.document" (list "istio.serviceentry" (list $ $name $external)) -}}
{{- end -}}
{{- end -}}
