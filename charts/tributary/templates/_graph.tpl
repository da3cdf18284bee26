{{- define "tributary.graph" -}}
{{- .Values.graph | default .Release.Name -}}
{{- end -}}

{{/* Names of the services that are not switched off, as JSON. */}}
{{- define "tributary.services" -}}
{{- $names := list -}}
{{- range $name, $own := .Values.services -}}
  {{- if dig "enabled" true ($own | default dict) }}{{ $names = append $names $name }}{{ end -}}
{{- end -}}
{{- toJson $names -}}
{{- end -}}

{{/* The Secret that a service's values name for something, or nothing: list $ "users" "database". */}}
{{- define "tributary.existingSecret" -}}
{{- $own := index (index . 0).Values.services (index . 1) | default dict -}}
{{- dig (index . 2) "existingSecret" "" $own -}}
{{- end -}}

{{/* Labels of an evaluation part: dict "root" $ "name" "postgres". */}}
{{- define "tributary.partSelector" -}}
app.kubernetes.io/name: {{ .name }}
app.kubernetes.io/part-of: {{ include "tributary.graph" .root }}
{{- end -}}

{{- define "tributary.partMetadata" -}}
name: {{ include "tributary.graph" .root }}-{{ .name }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "tributary.partSelector" . | nindent 2 }}
  app.kubernetes.io/instance: {{ .root.Release.Name }}
  app.kubernetes.io/component: {{ .component | default "evaluation" }}
  app.kubernetes.io/managed-by: {{ .root.Release.Service }}
  helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end -}}

{{- define "tributary.partServiceAccount" -}}
apiVersion: v1
kind: ServiceAccount
metadata: {{- include "tributary.partMetadata" . | nindent 2 }}
automountServiceAccountToken: false
{{- end -}}

{{/* What every part's pods have: dict "root" $ "name" "postgres" "user" 999. */}}
{{- define "tributary.partPod" -}}
serviceAccountName: {{ include "tributary.graph" .root }}-{{ .name }}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: {{ .user | default 65532 }}
  runAsGroup: {{ .user | default 65532 }}
  fsGroup: {{ .user | default 65532 }}
  seccompProfile: { type: RuntimeDefault }
{{- with .root.Values.defaults.pullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* A Secret with one random value that is made once and kept: dict "root" $ "name" "nats" "key" "token". */}}
{{- define "tributary.keptSecret" -}}
{{- $name := printf "%s-%s" (include "tributary.graph" .root) .name -}}
{{- $data := (lookup "v1" "Secret" .root.Release.Namespace $name).data | default dict -}}
apiVersion: v1
kind: Secret
metadata:
  {{- include "tributary.partMetadata" . | nindent 2 }}
  annotations:
    helm.sh/resource-policy: keep
type: Opaque
data:
  {{ .key }}: {{ include "service.keptValue" (dict "data" $data "key" .key) }}
{{- end -}}

{{/* A part's own storage, or none: dict "name" "data" "part" .Values.postgres. */}}
{{- define "tributary.claim" -}}
metadata: { name: data }
spec:
  accessModes: [ReadWriteOnce]
  {{- with .storageClassName }}
  storageClassName: {{ . }}
  {{- end }}
  resources: { requests: { storage: {{ .storage }} } }
{{- end -}}

{{- define "tributary.image" -}}
{{- printf "%s/%s:%s" .root.Values.image.repository .name (.root.Values.image.tag | default .root.Chart.AppVersion) -}}
{{- end -}}

{{/* Pods with this name, as a NetworkPolicyPeer. */}}
{{- define "tributary.peer" -}}
podSelector: { matchLabels: { app.kubernetes.io/name: {{ .name }}, app.kubernetes.io/part-of: {{ include "tributary.graph" .root }} } }
{{- end -}}

{{/* Ingress from named pods to one port, egress to nothing: dict "root" $ "name" … "from" (list …) "port" …. */}}
{{- define "tributary.partNetworkPolicy" -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{- include "tributary.partMetadata" . | nindent 2 }}
spec:
  podSelector:
    matchLabels: {{- include "tributary.partSelector" . | nindent 6 }}
  policyTypes: [Ingress, Egress]
  {{- if .from }}
  ingress:
    - from:
        {{- range .from }}
        - {{ include "tributary.peer" (dict "root" $.root "name" .) }}
        {{- end }}
      ports: [{ port: {{ .port }}, protocol: TCP }]
  {{- end }}
  {{- if or .to .root.Values.istio.enabled }}
  egress:
    - to: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: kube-system } } }]
      ports: [{ port: 53, protocol: UDP }, { port: 53, protocol: TCP }]
    {{- if .to }}
    - to:
        {{- range .to }}
        - {{ include "tributary.peer" (dict "root" $.root "name" .) }}
        {{- end }}
      ports: [{ port: {{ .toPort }}, protocol: TCP }]
    {{- end }}
    {{- if .root.Values.istio.enabled }}
    - to: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: istio-system } } }]
      ports: [{ port: 15012, protocol: TCP }]
    {{- end }}
  {{- end }}
{{- end -}}

{{/* Services with this edge, as JSON: list $ "database". */}}
{{- define "tributary.servicesWith" -}}
{{- $root := index . 0 -}}
{{- $names := list -}}
{{- range $name := include "tributary.services" $root | fromJsonArray -}}
  {{- if dig $name (index $ 1) false $root.Values.edges }}{{ $names = append $names $name }}{{ end -}}
{{- end -}}
{{- toJson $names -}}
{{- end -}}
