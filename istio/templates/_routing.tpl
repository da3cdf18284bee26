{{/* Where requests for a service go: list $ "users" "weighted|canary", and whether the canary's are marked as such. */}}
{{- define "istio.destinations" -}}
{{- $root := index . 0 -}}
{{- $name := index . 1 -}}
{{- $host := include "istio.host" (list $root $name) -}}
{{- $canary := (index $root.Values.services $name).canary | default dict -}}
{{- if eq (index . 2) "canary" -}}
- destination: { host: {{ $host }}, subset: v2 }
{{- else if $canary.enabled -}}
- destination: { host: {{ $host }}, subset: v1 }
  weight: {{ sub 100 (int $canary.weight) }}
- destination: { host: {{ $host }}, subset: v2 }
  weight: {{ int $canary.weight }}
  {{- if index . 3 }}
  # It hands the header on: its subgraphs are the canary's too.
  headers: { request: { set: { canary: "true" } } }
  {{- end }}
{{- else -}}
- destination: { host: {{ $host }}, subset: v1 }
{{- end -}}
{{- end -}}

{{- define "istio.retries" -}}
retries: { attempts: {{ .Values.retries.attempts }}, retryOn: "connect-failure,refused-stream" }
{{- end -}}

{{/*
Routes to the gateway, first match wins: those who ask for the canary, then everybody by weight; streams before the others,
as they have no time-out: none is named for them.
*/}}
{{- define "istio.gatewayRoutes" -}}
{{- $root := . -}}
{{- $hasCanary := dig "gateway" "canary" "enabled" false $root.Values.services -}}
{{- range $to := ternary (list "canary" "weighted") (list "weighted") $hasCanary }}
- name: {{ $to }}-stream
  match:
    {{- $header := ternary ", canary: { exact: \"true\" }" "" (eq $to "canary") }}
    - headers: { upgrade: { exact: websocket }{{ $header }} }
    - headers: { accept: { regex: ".*(text/event-stream|multipart/mixed).*" }{{ $header }} }
  route: {{- include "istio.destinations" (list $root "gateway" $to true) | nindent 4 }}
  {{- include "istio.retries" $root | nindent 2 }}
- name: {{ $to }}
  {{- if eq $to "canary" }}
  match:
    - headers: { canary: { exact: "true" } }
  {{- end }}
  route: {{- include "istio.destinations" (list $root "gateway" $to true) | nindent 4 }}
  timeout: {{ $root.Values.ingress.timeout }}
  {{- include "istio.retries" $root | nindent 2 }}
{{- end }}
{{- end -}}

{{/* What the mesh does between services: the header that a client sent is handed on by the gateway, hop by hop. */}}
{{- define "istio.virtualservice" -}}
{{- $root := index . 0 -}}
{{- $name := index . 1 -}}
{{- $canary := (index $root.Values.services $name).canary | default dict -}}
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {{- include "istio.metadata" . | nindent 2 }}
spec:
  hosts: [{{ include "istio.host" . }}]
  gateways: [mesh]
  exportTo: ["."]
  http:
    {{- if $canary.enabled }}
    - name: canary
      match:
        - headers: { canary: { exact: "true" } }
      route: {{- include "istio.destinations" (list $root $name "canary" false) | nindent 8 }}
      {{- include "istio.retries" $root | nindent 6 }}
    {{- end }}
    - name: weighted
      route: {{- include "istio.destinations" (list $root $name "weighted" false) | nindent 8 }}
      {{- include "istio.retries" $root | nindent 6 }}
{{- end -}}

{{- define "istio.destinationrule" -}}
{{- $root := index . 0 -}}
{{- $name := index . 1 -}}
{{- $canary := (index $root.Values.services $name).canary | default dict -}}
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {{- include "istio.metadata" . | nindent 2 }}
spec:
  host: {{ include "istio.host" . }}
  trafficPolicy:
    tls: { mode: ISTIO_MUTUAL }
    {{- with $root.Values.connectionPool }}
    connectionPool:
      {{- $isGateway := eq $name "gateway" }}
      tcp: { maxConnections: {{ ternary .toGateway .maxConnections $isGateway }}, connectTimeout: {{ .connectTimeout }} }
      http: { http1MaxPendingRequests: {{ .maxPendingRequests }}, http2MaxRequests: {{ ternary .toGateway .maxRequests $isGateway }}, idleTimeout: {{ .idleTimeout }} }
    {{- end }}
    {{- with $root.Values.outlierDetection }}
    outlierDetection:
      consecutive5xxErrors: {{ .consecutive5xxErrors }}
      interval: {{ .interval }}
      baseEjectionTime: {{ .baseEjectionTime }}
      maxEjectionPercent: {{ .maxEjectionPercent }}
    {{- end }}
  subsets:
    - { name: v1, labels: { version: v1 } }
    {{- if $canary.enabled }}
    - { name: v2, labels: { version: v2 } }
    {{- end }}
{{- end -}}
