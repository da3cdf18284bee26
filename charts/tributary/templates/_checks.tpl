{{- define "tributary.checks" -}}
{{- $services := include "tributary.services" . | fromJsonArray -}}
{{- range $name, $edge := .Values.edges -}}
  {{- if not (hasKey $.Values.services $name) }}{{ fail (printf "edges.%s: services has no %s" $name $name) }}{{ end -}}
{{- end -}}
{{- if not .Values.postgres.enabled -}}
  {{- range include "tributary.servicesWith" (list . "database") | fromJsonArray -}}
    {{- if not (include "tributary.existingSecret" (list $ . "database")) -}}
      {{- fail (printf "services.%s.database.existingSecret: with postgres.enabled false it has to name a Secret whose key url is postgres://…" .) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- if and (not .Values.nats.enabled) (not .Values.nats.external.servers) (include "tributary.servicesWith" (list . "broker") | fromJsonArray) -}}
  {{- fail "nats.external.servers: expected NATS URLs, as nats.enabled is false and services talk by events" -}}
{{- end -}}
{{- if and .Values.redis.enabled .Values.redis.external.existingSecret -}}
  {{- fail "redis.external.existingSecret names a Redis, and redis.enabled makes another one: expected one of them" -}}
{{- end -}}
{{- if .Values.observability.enabled -}}
  {{- range list "collector" "collector-agent" "collector-gateway" "jaeger" "prometheus" "alertmanager" "grafana" "fluentd" "elasticsearch" "kibana" -}}
    {{- if has . $services }}{{ fail (printf "services.%s: observability has a part of this name: call the service something else, or set observability.enabled to false" .) }}{{ end -}}
  {{- end -}}
{{- end -}}
{{- if and .Values.sandboxProvider.enabled (not (has "payments" $services)) -}}
  {{- fail "sandboxProvider.enabled: there is no service payments" -}}
{{- end -}}
{{- end -}}
