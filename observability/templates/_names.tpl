{{/* The name of a component's objects: list $ "prometheus". */}}
{{- define "observability.name" -}}
{{ (index . 0).Values.graph }}-{{ index . 1 }}
{{- end -}}

{{- define "observability.graphNamespace" -}}
{{ .Values.graphNamespace | default .Release.Namespace }}
{{- end -}}

{{/* What a component's pods have, and nobody else: list $ "prometheus". */}}
{{- define "observability.selector" -}}
app.kubernetes.io/name: {{ index . 1 }}
app.kubernetes.io/part-of: {{ (index . 0).Values.graph }}
{{- end -}}

{{- define "observability.labels" -}}
{{ include "observability.selector" . }}
{{- with index . 0 }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: observability
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}
{{- end -}}

{{/* list $ "prometheus" */}}
{{- define "observability.metadata" -}}
name: {{ include "observability.name" . }}
namespace: {{ (index . 0).Release.Namespace }}
labels: {{- include "observability.labels" . | nindent 2 }}
{{- end -}}

{{/* Labels of a component's pods: they have no sidecar, as the mesh's policies know only the graph. */}}
{{- define "observability.podLabels" -}}
{{ include "observability.labels" . }}
sidecar.istio.io/inject: "false"
{{- end -}}

{{/* .Values.prometheus.image */}}
{{- define "observability.image" -}}
{{- if .digest }}{{ .repository }}@{{ .digest }}{{ else }}{{ .repository }}:{{ .tag }}{{ end -}}
{{- end -}}
