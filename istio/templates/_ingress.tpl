{{- define "istio.gateway" -}}
{{- if eq .Values.ingress.api "istio" -}}
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {{- include "istio.metadata" (list . "ingress") | nindent 2 }}
spec:
  selector: {{- toYaml .Values.ingress.selector | nindent 4 }}
  servers:
    {{- if .Values.ingress.tlsSecret }}
    - port: { number: 80, name: http, protocol: HTTP }
      hosts: {{ toJson .Values.ingress.hosts }}
      tls: { httpsRedirect: true }
    - port: { number: 443, name: https, protocol: HTTPS }
      hosts: {{ toJson .Values.ingress.hosts }}
      tls: { mode: SIMPLE, credentialName: {{ .Values.ingress.tlsSecret }}, minProtocolVersion: TLSV1_2 }
    {{- else }}
    - port: { number: 80, name: http, protocol: HTTP }
      hosts: {{ toJson .Values.ingress.hosts }}
    {{- end }}
{{- end -}}
{{- end -}}

{{- define "istio.ingressRoutes" -}}
{{- if eq .Values.ingress.api "istio" -}}
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {{- include "istio.metadata" (list . "ingress") | nindent 2 }}
spec:
  hosts: {{ toJson .Values.ingress.hosts }}
  gateways: [{{ .Values.graph }}-ingress]
  http: {{- include "istio.gatewayRoutes" . | nindent 4 }}
{{- end -}}
{{- end -}}

{{- define "istio.apiGateway" -}}
{{- if eq .Values.ingress.api "gateway-api" -}}
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {{- include "istio.metadata" (list . "ingress") | nindent 2 }}
spec:
  gatewayClassName: istio
  listeners:
    {{- range $index, $host := .Values.ingress.hosts }}
    - name: {{ ternary "https" "http" (ne $.Values.ingress.tlsSecret "") }}-{{ $index }}
      {{- if ne $host "*" }}
      hostname: {{ $host | quote }}
      {{- end }}
      {{- if $.Values.ingress.tlsSecret }}
      port: 443
      protocol: HTTPS
      tls: { mode: Terminate, certificateRefs: [{ name: {{ $.Values.ingress.tlsSecret }} }] }
      {{- else }}
      port: 80
      protocol: HTTP
      {{- end }}
      allowedRoutes: { namespaces: { from: Same } }
    {{- end }}
{{- end -}}
{{- end -}}

{{/* Routes lead to Services: each version of the gateway has one (trackServices of the chart service). */}}
{{- define "istio.httproute" -}}
{{- if eq .Values.ingress.api "gateway-api" -}}
{{- $canary := dig "gateway" "canary" dict .Values.services -}}
{{- $hosts := without .Values.ingress.hosts "*" -}}
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {{- include "istio.metadata" (list . "ingress") | nindent 2 }}
spec:
  parentRefs: [{ name: {{ .Values.graph }}-ingress }]
  {{- with $hosts }}
  hostnames: {{ toJson . }}
  {{- end }}
  rules:
    {{- range $to := ternary (list "canary" "weighted") (list "weighted") (dig "enabled" false $canary) }}
    {{- range $kind := list "websocket" "event-stream" "other" }}
    - name: {{ $to }}-{{ $kind }}
      matches:
        - path: { type: PathPrefix, value: / }
          {{- $headers := list }}
          {{- if eq $kind "websocket" }}{{ $headers = append $headers (dict "name" "upgrade" "value" "websocket") }}{{ end }}
          {{- if eq $kind "event-stream" }}{{ $headers = append $headers (dict "type" "RegularExpression" "name" "accept" "value" ".*(text/event-stream|multipart/mixed).*") }}{{ end }}
          {{- if eq $to "canary" }}{{ $headers = append $headers (dict "name" "canary" "value" "true") }}{{ end }}
          {{- with $headers }}
          headers: {{- toYaml . | nindent 12 }}
          {{- end }}
      backendRefs:
        {{- if eq $to "canary" }}
        - { name: {{ $.Values.graph }}-gateway-v2, port: 80 }
        {{- else if dig "enabled" false $canary }}
        - { name: {{ $.Values.graph }}-gateway-v1, port: 80, weight: {{ sub 100 (int $canary.weight) }} }
        - name: {{ $.Values.graph }}-gateway-v2
          port: 80
          weight: {{ int $canary.weight }}
          # It hands the header on: its subgraphs are the canary's too.
          filters: [{ type: RequestHeaderModifier, requestHeaderModifier: { set: [{ name: canary, value: "true" }] } }]
        {{- else }}
        - { name: {{ $.Values.graph }}-gateway-v1, port: 80 }
        {{- end }}
      timeouts: { request: {{ ternary $.Values.ingress.timeout "0s" (eq $kind "other") }} }
    {{- end }}
    {{- end }}
{{- end -}}
{{- end -}}

{{- define "istio.requestauthentication" -}}
{{- with .Values.jwtRules -}}
apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata:
  name: {{ $.Values.graph }}-ingress
  namespace: {{ include "istio.ingressNamespace" $ }}
  labels: {{- include "istio.labels" $ | nindent 4 }}
spec:
  selector:
    matchLabels: {{- include "istio.ingressSelector" $ | nindent 6 }}
  jwtRules:
    {{- range . }}
    # The gateway checks it again, and needs it for that.
    - {{- merge (dict "forwardOriginalToken" true) . | toYaml | nindent 6 }}
    {{- end }}
{{- end -}}
{{- end -}}

{{- define "istio.ratelimit" -}}
{{- with .Values.ingress.requestsPerSecond -}}
apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata:
  name: {{ $.Values.graph }}-ingress-rate-limit
  namespace: {{ include "istio.ingressNamespace" $ }}
  labels: {{- include "istio.labels" $ | nindent 4 }}
spec:
  workloadSelector:
    labels: {{- include "istio.ingressSelector" $ | nindent 6 }}
  configPatches:
    - applyTo: HTTP_FILTER
      match:
        context: GATEWAY
        listener: { filterChain: { filter: { name: envoy.filters.network.http_connection_manager } } }
      patch:
        operation: INSERT_BEFORE
        value:
          name: envoy.filters.http.local_ratelimit
          typed_config:
            "@type": type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit
            stat_prefix: tributary_ingress
            status: { code: TooManyRequests }
            token_bucket: { max_tokens: {{ mul 2 (int .) }}, tokens_per_fill: {{ int . }}, fill_interval: 1s }
            filter_enabled: { default_value: { numerator: 100, denominator: HUNDRED } }
            filter_enforced: { default_value: { numerator: 100, denominator: HUNDRED } }
            response_headers_to_add:
              - append_action: OVERWRITE_IF_EXISTS_OR_ADD
                header: { key: retry-after, value: "1" }
{{- end -}}
{{- end -}}
