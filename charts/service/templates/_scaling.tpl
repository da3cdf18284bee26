{{/* HPA by CPU, memory and the service's own metrics; none where KEDA makes one. */}}
{{- define "service.horizontalpodautoscaler" -}}
{{- if and .Values.autoscaling.enabled (ne .Values.autoscaling.metrics "keda") -}}
{{- with .Values.autoscaling -}}
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {{- include "service.metadata" $ | nindent 2 }}
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: {{ include "service.fullname" $ }} }
  minReplicas: {{ .minReplicas }}
  maxReplicas: {{ .maxReplicas }}
  metrics:
    # Of the service's container: a sidecar would blur it.
    - type: ContainerResource
      containerResource: { name: cpu, container: {{ $.Values.name }}, target: { type: Utilization, averageUtilization: {{ .cpu }} } }
    - type: ContainerResource
      containerResource: { name: memory, container: {{ $.Values.name }}, target: { type: Utilization, averageUtilization: {{ .memory }} } }
    {{- if and (eq .metrics "prometheus-adapter") .requestsPerSecond }}
    - type: Pods
      pods: { metric: { name: requests_per_second }, target: { type: AverageValue, averageValue: {{ .requestsPerSecond | quote }} } }
    {{- end }}
    {{- /* A gateway only reads what is published: it has no consumer whose events could pend. */}}
    {{- if and (eq .metrics "prometheus-adapter") .pendingEvents $.Values.broker.enabled (ne $.Values.component "gateway") }}
    - type: External
      external:
        metric: { name: events_consumer_pending, selector: { matchLabels: { consumer: {{ $.Values.name }} } } }
        target: { type: AverageValue, averageValue: {{ .pendingEvents | quote }} }
    {{- end }}
  behavior: {{- toYaml .behavior | nindent 4 }}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "service.scaledobject" -}}
{{- if and .Values.autoscaling.enabled (eq .Values.autoscaling.metrics "keda") -}}
{{- with .Values.autoscaling -}}
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {{- include "service.metadata" $ | nindent 2 }}
spec:
  scaleTargetRef: { name: {{ include "service.fullname" $ }} }
  minReplicaCount: {{ .minReplicas }}
  maxReplicaCount: {{ .maxReplicas }}
  advanced:
    horizontalPodAutoscalerConfig:
      behavior: {{- toYaml .behavior | nindent 8 }}
  triggers:
    - { type: cpu, metricType: Utilization, metadata: { value: {{ .cpu | quote }}, containerName: {{ $.Values.name }} } }
    - { type: memory, metricType: Utilization, metadata: { value: {{ .memory | quote }}, containerName: {{ $.Values.name }} } }
    {{- if .requestsPerSecond }}
    - type: prometheus
      metricType: AverageValue
      metadata:
        serverAddress: {{ .prometheusUrl }}
        query: sum(rate(http_requests_total{namespace="{{ $.Release.Namespace }}", pod=~"{{ include "service.fullname" $ }}-[a-z0-9]+-[a-z0-9]+"}[2m]))
        threshold: {{ .requestsPerSecond | quote }}
    {{- end }}
    {{- if and .pendingEvents $.Values.broker.enabled (ne $.Values.component "gateway") }}
    - type: prometheus
      metricType: AverageValue
      metadata:
        serverAddress: {{ .prometheusUrl }}
        query: max(events_consumer_pending{namespace="{{ $.Release.Namespace }}", consumer="{{ $.Values.name }}"})
        threshold: {{ .pendingEvents | quote }}
    {{- end }}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "service.verticalpodautoscaler" -}}
{{- if .Values.vpa.enabled -}}
apiVersion: autoscaling.k8s.io/v1
kind: VerticalPodAutoscaler
metadata: {{- include "service.metadata" . | nindent 2 }}
spec:
  targetRef: { apiVersion: apps/v1, kind: Deployment, name: {{ include "service.fullname" . }} }
  updatePolicy: { updateMode: {{ .Values.vpa.updateMode | quote }} }
{{- end -}}
{{- end -}}
