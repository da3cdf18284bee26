{{- define "istio.serviceentry" -}}
{{- $external := index . 2 -}}
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {{- include "istio.metadata" . | nindent 2 }}
spec:
  hosts: {{ toJson $external.hosts }}
  location: MESH_EXTERNAL
  resolution: DNS
  exportTo: ["."]
  ports:
    - { number: {{ $external.port }}, name: {{ lower $external.protocol }}, protocol: {{ $external.protocol }} }
{{- end -}}

{{- define "istio.telemetry" -}}
{{- with .Values.telemetry -}}
{{- if or .tracingProvider .accessLogProvider -}}
apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: {{- include "istio.metadata" (list $ "telemetry") | nindent 2 }}
spec: {{- include "istio.telemetrySpec" . | nindent 2 }}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* The same for the ingress, where its pods are in a namespace of their own: a trace begins with them. */}}
{{- define "istio.ingressTelemetry" -}}
{{- $namespace := include "istio.ingressNamespace" . -}}
{{- with .Values.telemetry -}}
{{- if and (or .tracingProvider .accessLogProvider) (ne $namespace $.Release.Namespace) -}}
apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata:
  name: {{ $.Values.graph }}-ingress
  namespace: {{ $namespace }}
  labels: {{- include "istio.labels" $ | nindent 4 }}
spec:
  selector:
    matchLabels: {{- include "istio.ingressSelector" $ | nindent 6 }}
  {{- include "istio.telemetrySpec" . | nindent 2 }}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "istio.telemetrySpec" -}}
{{- if .tracingProvider -}}
tracing:
  - providers: [{ name: {{ .tracingProvider }} }]
    randomSamplingPercentage: {{ .samplingPercent }}
{{ end -}}
{{- if .accessLogProvider -}}
accessLogging:
  - providers: [{ name: {{ .accessLogProvider }} }]
{{- end -}}
{{- end -}}
