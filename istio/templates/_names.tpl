{{- define "istio.labels" -}}
app.kubernetes.io/part-of: {{ .Values.graph }}
app.kubernetes.io/component: mesh
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{/* list $ "users" */}}
{{- define "istio.metadata" -}}
{{- with index . 0 -}}
name: {{ .Values.graph }}-{{ index $ 1 }}
namespace: {{ .Release.Namespace }}
labels: {{- include "istio.labels" . | nindent 2 }}
{{- end -}}
{{- end -}}

{{- define "istio.host" -}}
{{- with index . 0 -}}
{{ .Values.graph }}-{{ index $ 1 }}.{{ .Release.Namespace }}.svc.cluster.local
{{- end -}}
{{- end -}}

{{- define "istio.podLabels" -}}
app.kubernetes.io/name: {{ index . 1 }}
app.kubernetes.io/part-of: {{ (index . 0).Values.graph }}
{{- end -}}

{{- define "istio.principal" -}}
{{- with index . 0 -}}
{{ .Values.trustDomain }}/ns/{{ .Release.Namespace }}/sa/{{ .Values.graph }}-{{ index $ 1 }}
{{- end -}}
{{- end -}}

{{- define "istio.ingressPrincipal" -}}
{{- with .Values -}}
{{- if eq .ingress.api "gateway-api" -}}
{{ .trustDomain }}/ns/{{ $.Release.Namespace }}/sa/{{ .graph }}-ingress-istio
{{- else -}}
{{ .trustDomain }}/ns/{{ .ingress.namespace }}/sa/{{ .ingress.serviceAccount }}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* The ingress's pods, as the labels of their namespace and themselves. */}}
{{- define "istio.ingressNamespace" -}}
{{- ternary .Release.Namespace .Values.ingress.namespace (eq .Values.ingress.api "gateway-api") -}}
{{- end -}}

{{- define "istio.ingressSelector" -}}
{{- if eq .Values.ingress.api "gateway-api" -}}
gateway.networking.k8s.io/gateway-name: {{ .Values.graph }}-ingress
{{- else -}}
{{- toYaml .Values.ingress.selector -}}
{{- end -}}
{{- end -}}

{{/* A template's text as a document of its own, if it has any. */}}
{{- define "istio.document" -}}
{{- with include (index . 0) (index . 1) | trim }}
---
{{ . }}
{{ end -}}
{{- end -}}
