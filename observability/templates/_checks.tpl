{{/* Values that do not go together are refused here, each with what to do. */}}
{{- define "observability.checks" -}}
{{- include "observability.loggingChecks" . -}}
{{- with .Values -}}
{{- if and .collector.enabled (eq .collector.mode "existing") (not .collector.url) -}}
  {{- fail "collector.url: with collector.mode existing, expected where services send OTLP over HTTP, as in http://collector.observability:4318" -}}
{{- end -}}
{{- if and .collector.enabled (eq .collector.mode "bundled") (not .jaeger.enabled) -}}
  {{- fail "jaeger.enabled is false, so nobody keeps what the collector takes: set collector.enabled to false, or jaeger.mode to existing with jaeger.otlpEndpoint" -}}
{{- end -}}
{{- if and .jaeger.enabled (eq .jaeger.mode "existing") .collector.enabled (eq .collector.mode "bundled") (not .jaeger.otlpEndpoint) -}}
  {{- fail "jaeger.otlpEndpoint: with jaeger.mode existing, expected where the collector sends OTLP over gRPC, as in jaeger.tracing:4317" -}}
{{- end -}}
{{- if and .jaeger.enabled (eq .jaeger.mode "bundled") -}}
  {{- if and (eq .jaeger.storage "elasticsearch") (not .elasticsearch.enabled) -}}
    {{- fail "jaeger.storage is elasticsearch, and elasticsearch.enabled is false: set elasticsearch.mode to existing with elasticsearch.url, or jaeger.storage to memory" -}}
  {{- end -}}
  {{- if and (eq .jaeger.storage "memory") (gt (int .jaeger.replicas) 1) -}}
    {{- fail (printf "jaeger.replicas is %v: with jaeger.storage memory each would know other traces; set it to 1" .jaeger.replicas) -}}
  {{- end -}}
{{- end -}}
{{- if and .prometheus.enabled (eq .prometheus.mode "bundled") (or (not .prometheus.retention) (not .prometheus.retentionSize)) -}}
  {{- fail "prometheus.retention and prometheus.retentionSize: expected for how long metrics are kept, and how many bytes of them, as in 15d and 16GB" -}}
{{- end -}}
{{- $tells := or (and .prometheus.enabled (eq .prometheus.mode "bundled")) (and .grafana.enabled (eq .grafana.mode "bundled")) -}}
{{- if and $tells .alertmanager.enabled (eq .alertmanager.mode "existing") (not .alertmanager.url) -}}
  {{- fail "alertmanager.url: with alertmanager.mode existing, expected where Prometheus and Grafana find it, as in http://alertmanager.monitoring:9093" -}}
{{- end -}}
{{- if and .alertmanager.enabled (eq .alertmanager.mode "existing") (not .alertmanager.existingSecret) -}}
  {{- fail "alertmanager.existingSecret: with alertmanager.mode existing, expected the Secret with the receivers' URLs and keys, which that Alertmanager mounts" -}}
{{- end -}}
{{- if and .grafana.enabled (eq .grafana.mode "bundled") .prometheus.enabled (eq .prometheus.mode "existing") (not .prometheus.url) -}}
  {{- fail "prometheus.url: with prometheus.mode existing, expected where Grafana asks it, as in http://prometheus-operated.monitoring:9090" -}}
{{- end -}}
{{- end -}}
{{- end -}}
