{{/* The name of all objects of the service. */}}
{{- define "service.fullname" -}}
{{- printf "%s-%s" .Values.graph .Values.name -}}
{{- end -}}

{{/* The name of what the canary has of its own. */}}
{{- define "service.trackname" -}}
{{- include "service.fullname" . }}{{ if eq .Values.track "v2" }}-canary{{ end -}}
{{- end -}}

{{/* What the pods of both versions have, and nobody else. */}}
{{- define "service.selector" -}}
app.kubernetes.io/name: {{ .Values.name }}
app.kubernetes.io/part-of: {{ .Values.graph }}
{{- end -}}

{{- define "service.labels" -}}
{{ include "service.selector" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: {{ .Values.component }}
app.kubernetes.io/version: {{ .Values.image.tag | default .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- define "service.metadata" -}}
name: {{ include "service.fullname" . }}
namespace: {{ .Release.Namespace }}
labels: {{- include "service.labels" . | nindent 2 }}
{{- end -}}

{{/* metadata of what each version has of its own. */}}
{{- define "service.trackmetadata" -}}
name: {{ include "service.trackname" . }}
namespace: {{ .Release.Namespace }}
labels:
  {{- include "service.labels" . | nindent 2 }}
  version: {{ .Values.track }}
{{- end -}}

{{- define "service.image" -}}
{{- with .Values.image -}}
{{- $name := printf "%s/%s" .repository (.name | default $.Values.name) -}}
{{- if .digest }}{{ $name }}@{{ .digest }}{{ else }}{{ $name }}:{{ .tag | default $.Chart.AppVersion }}{{ end -}}
{{- end -}}
{{- end -}}

{{- define "service.databaseSecret" -}}
{{- .Values.database.existingSecret | default (printf "%s-database" (include "service.fullname" .)) -}}
{{- end -}}

{{- define "service.identitySecret" -}}
{{- .Values.identity.existingSecret | default (printf "%s-identity" (include "service.fullname" .)) -}}
{{- end -}}

{{- define "service.ownSecret" -}}
{{- .Values.secrets.existingSecret | default (include "service.fullname" .) -}}
{{- end -}}

{{/* From SIGTERM's announcement to the last moment: preStop, the drain, and 5 s for what follows it. */}}
{{- define "service.gracePeriodSeconds" -}}
{{- add .Values.drain.preStopSeconds .Values.drain.timeoutSeconds 5 -}}
{{- end -}}
