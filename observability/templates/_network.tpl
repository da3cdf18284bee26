{{/* A component's pods as a NetworkPolicyPeer, in flow style: list $ "prometheus". */}}
{{- define "observability.peer" -}}
podSelector: { matchLabels: { app.kubernetes.io/name: {{ index . 1 }}, app.kubernetes.io/part-of: {{ (index . 0).Values.graph }} } }
{{- end -}}

{{/*
Whoever is a component, as NetworkPolicyPeers: list $ "prometheus". With mode existing it is somebody else's, and where its
values say.
*/}}
{{- define "observability.peers" -}}
{{- $section := index (index . 0).Values (index . 1) | default dict -}}
{{- if and (eq (toString $section.mode) "existing") $section.peers -}}
{{- toYaml $section.peers -}}
{{- else -}}
- {{ include "observability.peer" . }}
{{- end -}}
{{- end -}}

{{/*
Everything that a component's pods may take and ask; what is not named is refused.

dict "root" $ "name" "jaeger"
  "ingress" list of dict "from" (names of components) "port" (number or name)
  "ingressRules", "egressRules": further NetworkPolicyIngressRules and …EgressRules, as YAML
  "egress" list of dict "to" (names of components) "port" (number of the container's port)
  "api" true: it asks Kubernetes' API
*/}}
{{- define "observability.networkpolicy" -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{- include "observability.metadata" (list .root .name) | nindent 2 }}
spec:
  podSelector:
    matchLabels: {{- include "observability.selector" (list .root .name) | nindent 6 }}
  policyTypes: [Ingress, Egress]
  {{- if or .ingress .ingressRules }}
  ingress:
    {{- range .ingress }}
    - from:
        {{- range .from }}
        {{- include "observability.peers" (list $.root .) | nindent 8 }}
        {{- end }}
      ports: [{ port: {{ .port }}, protocol: TCP }]
    {{- end }}
    {{- with .ingressRules }}
    {{- . | trim | nindent 4 }}
    {{- end }}
  {{- end }}
  {{- if or .egress .egressRules .api }}
  egress:
    - to: {{- toYaml .root.Values.networkPolicy.dns | nindent 8 }}
      ports: [{ port: 53, protocol: UDP }, { port: 53, protocol: TCP }]
    {{- range .egress }}
    - to:
        {{- range .to }}
        - {{ include "observability.peer" (list $.root .) }}
        {{- end }}
      ports: [{ port: {{ .port }}, protocol: TCP }]
    {{- end }}
    {{- if .api }}
    # Kubernetes' API, which is no pod.
    - to: {{ toJson .root.Values.networkPolicy.apiServer }}
      ports: [{ port: 443, protocol: TCP }, { port: 6443, protocol: TCP }]
    {{- end }}
    {{- with .egressRules }}
    {{- . | trim | nindent 4 }}
    {{- end }}
  {{- end }}
{{- end -}}
