{{- define "service.serviceaccount" -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  {{- include "service.metadata" . | nindent 2 }}
  {{- with .Values.serviceAccount.annotations }}
  annotations: {{- toYaml . | nindent 4 }}
  {{- end }}
automountServiceAccountToken: false
{{- end -}}

{{- define "service.service" -}}
apiVersion: v1
kind: Service
metadata: {{- include "service.metadata" . | nindent 2 }}
spec:
  type: ClusterIP
  selector: {{- include "service.selector" . | nindent 4 }}
  ports:
    - { name: http, port: 80, targetPort: http, appProtocol: http }
{{- end -}}

{{- define "service.trackservice" -}}
{{- if .Values.trackServices -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ include "service.fullname" . }}-{{ .Values.track }}
  namespace: {{ .Release.Namespace }}
  labels: {{- include "service.labels" . | nindent 4 }}
spec:
  type: ClusterIP
  selector:
    {{- include "service.selector" . | nindent 4 }}
    version: {{ .Values.track }}
  ports:
    - { name: http, port: 80, targetPort: http, appProtocol: http }
{{- end -}}
{{- end -}}

{{- define "service.ingress" -}}
{{- if .Values.ingress.enabled -}}
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  {{- include "service.metadata" . | nindent 2 }}
  {{- with .Values.ingress.annotations }}
  annotations: {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  ingressClassName: {{ .Values.ingress.className }}
  tls:
    - hosts: [{{ .Values.ingress.host }}]
      secretName: {{ .Values.ingress.tlsSecret | default (printf "%s-tls" (include "service.fullname" .)) }}
  rules:
    - host: {{ .Values.ingress.host }}
      http:
        paths:
          - path: /
            pathType: Prefix
            backend: { service: { name: {{ include "service.fullname" . }}, port: { name: http } } }
{{- end -}}
{{- end -}}

{{/* The pods of a service of the graph, as a NetworkPolicyPeer: dict "root" . "name" "users". */}}
{{- define "service.peer" -}}
podSelector: { matchLabels: { app.kubernetes.io/name: {{ .name }}, app.kubernetes.io/part-of: {{ .root.Values.graph }} } }
{{- end -}}

{{/* `to` of an egress rule; without peers it is anywhere. */}}
{{- define "service.to" -}}
to: {{ toJson . }}
{{- end -}}

{{- define "service.networkpolicy" -}}
{{- if .Values.networkPolicy.enabled -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{- include "service.metadata" . | nindent 2 }}
spec:
  podSelector:
    matchLabels: {{- include "service.selector" . | nindent 6 }}
  policyTypes: [Ingress, Egress]
  ingress:
    {{- if or .Values.callers .Values.networkPolicy.from .Values.ingress.enabled }}
    # Who asks it.
    - from:
        {{- range .Values.callers }}
        - {{ include "service.peer" (dict "root" $ "name" .) }}
        {{- end }}
        {{- if .Values.ingress.enabled }}
        - namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: {{ .Values.ingress.namespace }} } }
        {{- end }}
        {{- with .Values.networkPolicy.from }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      ports: [{ port: http, protocol: TCP }]
    {{- end }}
    {{- with .Values.networkPolicy.metricsFrom }}
    # Who reads its metrics. The kubelet, for its probes, is let through by every network plugin.
    - from: {{- toYaml . | nindent 8 }}
      ports: [{ port: {{ ternary 15020 "admin" $.Values.mesh.enabled }}, protocol: TCP }]
    {{- end }}
  egress:
    - to: {{- toYaml .Values.networkPolicy.dns | nindent 8 }}
      ports: [{ port: 53, protocol: UDP }, { port: 53, protocol: TCP }]
    {{- if .Values.calls }}
    # Whom it asks.
    - to:
        {{- range .Values.calls }}
        - {{ include "service.peer" (dict "root" $ "name" .) }}
        {{- end }}
      ports: [{ port: 4000, protocol: TCP }]
    {{- end }}
    {{- with .Values.database }}
    {{- if .enabled }}
    - {{ include "service.to" .to }}
      ports: [{ port: {{ .port }}, protocol: TCP }]
    {{- end }}
    {{- end }}
    {{- with .Values.broker }}
    {{- if .enabled }}
    - {{ include "service.to" .to }}
      ports:
        {{- range .servers }}
        - { port: {{ regexFind ":[0-9]+$" . | trimPrefix ":" | default 4222 }}, protocol: TCP }
        {{- end }}
    {{- end }}
    {{- end }}
    {{- with .Values.redis }}
    {{- if .host }}
    - {{ include "service.to" .to }}
      ports: [{ port: 6379, protocol: TCP }]
    {{- end }}
    {{- end }}
    {{- if .Values.tracing.enabled }}
    - to: {{- toYaml .Values.tracing.to | nindent 8 }}
      ports:
        - { port: {{ (urlParse .Values.tracing.endpoint).host | splitList ":" | last }}, protocol: TCP }
        {{- if .Values.mesh.enabled }}
        # Its sidecar's own spans: OTLP over gRPC.
        - { port: 4317, protocol: TCP }
        {{- end }}
    {{- end }}
    {{- if .Values.mesh.enabled }}
    # Certificates and routes of the mesh.
    - to: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: istio-system } } }]
      ports: [{ port: 15012, protocol: TCP }]
    {{- end }}
    {{- with .Values.networkPolicy.egress }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end -}}
{{- end -}}
