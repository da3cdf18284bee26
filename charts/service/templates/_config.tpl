{{/* What the chart decides of a service's configuration; `config` goes over it. */}}
{{- define "service.derivedConfig" -}}
server: { port: 4000, drainTimeout: {{ .Values.drain.timeoutSeconds }}s, keepAliveGrace: 3s }
admin: { port: 9400 }
{{- if .Values.tracing.enabled }}
tracing: { enabled: true, endpoint: {{ .Values.tracing.endpoint | quote }} }
{{- end }}
{{- if .Values.database.enabled }}
database: { migrateOnStart: false }
{{- end }}
{{- if .Values.broker.enabled }}
events:
  nats:
    servers: {{ toJson .Values.broker.servers }}
{{- end }}
{{- with .Values.supergraph }}
{{- if .url }}
supergraph: {{ .url | quote }}
{{- else if or .sdl .configMap }}
supergraph: /etc/tributary/supergraph/supergraph.graphql
{{- end }}
{{- if or .url .sdl .configMap }}
supergraphCache: /var/cache/tributary/supergraph.graphql
{{- end }}
{{- if and .sdl .lines }}
lines: { file: /etc/tributary/supergraph/lines.yaml }
{{- end }}
{{- end }}
{{- if .Values.documents }}
home: { documents: /etc/tributary/documents }
{{- end }}
{{- if .Values.rest }}
rest: { documents: /etc/tributary/rest }
{{- end }}
{{- end -}}

{{- define "service.configYaml" -}}
{{- $own := tpl (toYaml .Values.config) . | fromYaml -}}
{{- toYaml (mergeOverwrite (include "service.derivedConfig" . | fromYaml) $own) -}}
{{- end -}}

{{- define "service.config" -}}
apiVersion: v1
kind: ConfigMap
metadata: {{- include "service.trackmetadata" . | nindent 2 }}
data:
  config.yaml: |
    {{- include "service.configYaml" . | nindent 4 }}
{{- end -}}

{{- define "service.supergraphConfigMap" -}}
{{- .Values.supergraph.configMap | default (printf "%s-supergraph" (include "service.trackname" .)) -}}
{{- end -}}

{{- define "service.supergraph" -}}
{{- with .Values.supergraph.sdl -}}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ include "service.supergraphConfigMap" $ }}
  namespace: {{ $.Release.Namespace }}
  labels: {{- include "service.labels" $ | nindent 4 }}
data:
  supergraph.graphql: |
    {{- . | nindent 4 }}
  {{- with $.Values.supergraph.lines }}
  lines.yaml: |
    {{- . | nindent 4 }}
  {{- end }}
{{- end -}}
{{- end -}}

{{- define "service.documents" -}}
{{- if .Values.documents -}}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ include "service.fullname" . }}-documents
  namespace: {{ .Release.Namespace }}
  labels: {{- include "service.labels" . | nindent 4 }}
data:
  {{- range $path, $text := .Values.documents }}
  {{ $path | replace "/" "." }}: |
    {{- $text | nindent 4 }}
  {{- end }}
{{- end -}}
{{- end -}}

{{- define "service.rest" -}}
{{- if .Values.rest -}}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ include "service.fullname" . }}-rest
  namespace: {{ .Release.Namespace }}
  labels: {{- include "service.labels" . | nindent 4 }}
data:
  {{- range $file, $text := .Values.rest }}
  {{ $file }}: |
    {{- $text | nindent 4 }}
  {{- end }}
{{- end -}}
{{- end -}}
