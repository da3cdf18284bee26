{{/* Where the metrics of a pod are: with a sidecar, its agent gives them out with its own. */}}
{{- define "service.endpoint" -}}
{{- if .Values.mesh.enabled -}}
portNumber: 15020
path: /stats/prometheus
{{- else -}}
port: admin
path: /metrics
{{- end }}
interval: {{ .Values.metrics.interval }}
{{- end -}}

{{- define "service.monitorMetadata" -}}
{{- include "service.metadata" . }}
  {{- with .Values.metrics.labels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}

{{- define "service.podmonitor" -}}
{{- if eq .Values.metrics.monitor "PodMonitor" -}}
apiVersion: monitoring.coreos.com/v1
kind: PodMonitor
metadata: {{- include "service.monitorMetadata" . | nindent 2 }}
spec:
  jobLabel: app.kubernetes.io/name
  selector:
    matchLabels: {{- include "service.selector" . | nindent 6 }}
  podTargetLabels: [app.kubernetes.io/name, app.kubernetes.io/part-of, version]
  podMetricsEndpoints:
    - {{- include "service.endpoint" . | nindent 6 }}
{{- end -}}
{{- end -}}

{{/* The admin port is in no Service that clients use: for a ServiceMonitor it has one of its own. */}}
{{- define "service.metricsservice" -}}
{{- if eq .Values.metrics.monitor "ServiceMonitor" -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ include "service.fullname" . }}-metrics
  namespace: {{ .Release.Namespace }}
  labels:
    {{- include "service.labels" . | nindent 4 }}
    tributary.dev/port: metrics
spec:
  clusterIP: None
  selector: {{- include "service.selector" . | nindent 4 }}
  ports:
    - { name: metrics, port: {{ ternary 15020 9400 .Values.mesh.enabled }}, targetPort: {{ ternary 15020 "admin" .Values.mesh.enabled }} }
{{- end -}}
{{- end -}}

{{- define "service.servicemonitor" -}}
{{- if eq .Values.metrics.monitor "ServiceMonitor" -}}
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: {{- include "service.monitorMetadata" . | nindent 2 }}
spec:
  jobLabel: app.kubernetes.io/name
  selector:
    matchLabels:
      {{- include "service.selector" . | nindent 6 }}
      tributary.dev/port: metrics
  podTargetLabels: [app.kubernetes.io/name, app.kubernetes.io/part-of, version]
  endpoints:
    - port: metrics
      path: {{ ternary "/stats/prometheus" "/metrics" .Values.mesh.enabled }}
      interval: {{ .Values.metrics.interval }}
      # The operator's label of that name would take the place of the metrics' own.
      relabelings: [{ action: labeldrop, regex: service }]
{{- end -}}
{{- end -}}
