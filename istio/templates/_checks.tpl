{{- define "istio.checks" -}}
{{- range $name, $service := .Values.services -}}
  {{- range $service.calls -}}
    {{- if not (hasKey $.Values.services .) }}{{ fail (printf "service %s calls %s, which is no service of the graph" $name .) }}{{ end -}}
  {{- end -}}
{{- end -}}
{{- if not (hasKey .Values.services "gateway") }}{{ fail "services.gateway: expected the service that clients reach" }}{{ end -}}
{{- range $name, $external := .Values.externalServices -}}
  {{- range $external.services -}}
    {{- if not (hasKey $.Values.services .) }}{{ fail (printf "externalServices.%s: %s is no service of the graph" $name .) }}{{ end -}}
  {{- end -}}
{{- end -}}
{{- end -}}
