{{- define "istio.peerauthentication" -}}
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {{- include "istio.metadata" (list . "mtls") | nindent 2 }}
spec:
  mtls: { mode: STRICT }
{{- end -}}

{{- define "istio.denyAll" -}}
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {{- include "istio.metadata" (list . "deny-all") | nindent 2 }}
# Nobody may ask anybody, but for what the others allow: one for each edge.
spec: {}
{{- end -}}

{{/* One edge: dict "root" $ "to" "users" "from" "gateway" "principal" "…" "operations" (list …). */}}
{{- define "istio.allow" -}}
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {{- include "istio.metadata" (list .root (printf "%s-from-%s" .to .from)) | nindent 2 }}
spec:
  selector:
    matchLabels: {{- include "istio.podLabels" (list .root .to) | nindent 6 }}
  action: ALLOW
  rules:
    - from: [{ source: { principals: [{{ .principal | quote }}] } }]
      to:
        {{- range .operations }}
        - operation: {{ toJson . }}
        {{- end }}
{{- end -}}

{{/* What one service may ask another: GraphQL, and from the gateway what it passes on. list $ "gateway" "users" */}}
{{- define "istio.operations" -}}
{{- $operations := list (dict "ports" (list "4000") "methods" (list "POST") "paths" (list "/graphql")) -}}
{{- if eq (index . 1) "gateway" -}}
  {{- range (index . 0).Values.passthrough -}}
    {{- if eq (.service | default "") (index $ 2) -}}
      {{- $operations = append $operations (dict "ports" (list "4000") "methods" (.methods | default (list "GET")) "paths" (list .path)) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- toJson $operations -}}
{{- end -}}

{{- define "istio.sidecar" -}}
{{- $root := index . 0 -}}
{{- $name := index . 1 -}}
{{- $service := index $root.Values.services $name -}}
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {{- include "istio.metadata" . | nindent 2 }}
spec:
  workloadSelector:
    labels: {{- include "istio.podLabels" . | nindent 6 }}
  # A service that calls addresses which its users choose says so (egress: any); the others reach what is named here.
  outboundTrafficPolicy: { mode: {{ ternary "ALLOW_ANY" "REGISTRY_ONLY" (eq ($service.egress | default "registry") "any") }} }
  egress:
    - hosts:
        - {{ $root.Values.rootNamespace }}/*
        {{- with $root.Values.telemetry.collectorHost }}
        - "*/{{ . }}"
        {{- end }}
        {{- range $service.calls }}
        - ./{{ include "istio.host" (list $root .) }}
        {{- end }}
        {{- range $root.Values.edges }}
        {{- if has $name .from }}
        - ./{{ include "istio.host" (list $root .to) }}
        {{- end }}
        {{- end }}
        {{- range $root.Values.externalServices }}
        {{- if has $name .services }}
        {{- range .hosts }}
        - ./{{ . }}
        {{- end }}
        {{- end }}
        {{- end }}
{{- end -}}
