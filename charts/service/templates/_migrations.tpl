{{/*
A Job before the installation or upgrade, with a ConfigMap and a NetworkPolicy of its own: the service's are not there yet.
*/}}
{{- define "service.hookSelector" -}}
app.kubernetes.io/name: {{ .Values.name }}-migrate
app.kubernetes.io/part-of: {{ .Values.graph }}
{{- end -}}

{{- define "service.hookMetadata" -}}
name: {{ include "service.fullname" .root }}-migrate
namespace: {{ .root.Release.Namespace }}
labels: {{- include "service.labels" .root | nindent 2 }}
annotations:
  helm.sh/hook: pre-install,pre-upgrade
  helm.sh/hook-weight: {{ .weight | quote }}
  helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
{{- end -}}

{{- define "service.migrationhook" -}}
{{- if and .Values.database.enabled (eq .Values.migrations.mode "hook") -}}
{{- if .Values.networkPolicy.enabled }}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{- include "service.hookMetadata" (dict "root" . "weight" "-2") | nindent 2 }}
spec:
  podSelector:
    matchLabels: {{- include "service.hookSelector" . | nindent 6 }}
  policyTypes: [Ingress, Egress]
  egress:
    - to: {{- toYaml .Values.networkPolicy.dns | nindent 8 }}
      ports: [{ port: 53, protocol: UDP }, { port: 53, protocol: TCP }]
    - {{ include "service.to" .Values.database.to }}
      ports: [{ port: {{ .Values.database.port }}, protocol: TCP }]
---
{{- end }}
apiVersion: v1
kind: ConfigMap
metadata: {{- include "service.hookMetadata" (dict "root" . "weight" "-2") | nindent 2 }}
data:
  config.yaml: |
    {{- include "service.configYaml" . | nindent 4 }}
---
apiVersion: batch/v1
kind: Job
metadata: {{- include "service.hookMetadata" (dict "root" . "weight" "-1") | nindent 2 }}
spec:
  backoffLimit: 3
  activeDeadlineSeconds: 600
  template:
    metadata:
      labels:
        {{- include "service.hookSelector" . | nindent 8 }}
        # It ends, and a sidecar that is older than native ones does not.
        sidecar.istio.io/inject: "false"
    spec:
      restartPolicy: Never
      automountServiceAccountToken: false
      securityContext: {{- include "service.podSecurity" . | nindent 8 }}
      {{- with .Values.pullSecrets }}
      imagePullSecrets: {{- toYaml . | nindent 8 }}
      {{- end }}
      containers:
        - {{- include "service.migrateContainer" . | nindent 10 }}
      volumes:
        - name: config
          configMap: { name: {{ include "service.fullname" . }}-migrate }
        - name: tmp
          emptyDir: { sizeLimit: 64Mi }
{{- end -}}
{{- end -}}
