{{/* What services are told where the release observes itself: where spans go, who reads metrics, and whom KEDA asks. */}}
{{- define "tributary.observedValues" -}}
{{- if .Values.observability.enabled }}
{{- $graph := include "tributary.graph" . }}
{{- with .Values.observability }}
{{- if .collector.enabled }}
tracing:
  enabled: true
  {{- if eq .collector.mode "bundled" }}
  endpoint: http://{{ $graph }}-collector:4318
  to:
    - {{ include "tributary.peer" (dict "root" $ "name" "collector-agent") }}
  {{- else }}
  endpoint: {{ .collector.url }}
  {{- end }}
{{- end }}
{{- if .prometheus.enabled }}
{{- if eq .prometheus.mode "bundled" }}
networkPolicy:
  metricsFrom:
    - {{ include "tributary.peer" (dict "root" $ "name" "prometheus") }}
autoscaling: { prometheusUrl: "http://{{ $graph }}-prometheus.{{ $.Release.Namespace }}:9090" }
{{- else }}
metrics: { monitor: PodMonitor, labels: {{ toJson .prometheus.labels }} }
networkPolicy: { metricsFrom: {{ toJson .prometheus.peers }} }
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/* What the chart observability is told. */}}
{{- define "tributary.observabilityValues" -}}
graph: {{ include "tributary.graph" . }}
graphNamespace: {{ .Release.Namespace }}
mesh: {{ .Values.istio.enabled }}
{{- with .Values.istio }}
{{- if and .enabled (ne .ingress.api "gateway-api") }}
ingressNamespace: {{ .ingress.namespace }}
{{- end }}
{{- end }}
tools: { image: { repository: {{ .Values.image.repository }}/tools, tag: {{ .Values.image.tag | default .Chart.AppVersion | quote }} } }
{{- end -}}

{{/* Pods of the mesh's ingress, whose spans begin a trace, as NetworkPolicyPeers. */}}
{{- define "tributary.meshIngress" -}}
{{- with .Values.istio }}
{{- if and .enabled (eq .ingress.api "gateway-api") }}
- podSelector: { matchLabels: { gateway.networking.k8s.io/gateway-name: {{ include "tributary.graph" $ }}-ingress } }
{{- else if .enabled }}
- namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: {{ .ingress.namespace }} } }
{{- end }}
{{- end }}
{{- end -}}
