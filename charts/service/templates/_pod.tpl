{{- define "service.secretEnv" -}}
- name: {{ .name }}
  valueFrom: { secretKeyRef: { name: {{ .secret }}, key: {{ .key }} } }
{{- end -}}

{{- define "service.env" -}}
- name: NODE_OPTIONS
  value: {{ .Values.nodeOptions | quote }}
{{- if .Values.database.enabled }}
{{ include "service.secretEnv" (dict "name" "TRIBUTARY_DATABASE__URL" "secret" (include "service.databaseSecret" .) "key" "url") }}
{{- end }}
{{- with .Values.broker }}
{{- if and .enabled .existingSecret }}
{{ include "service.secretEnv" (dict "name" "TRIBUTARY_EVENTS__NATS__AUTH__TOKEN" "secret" .existingSecret "key" "token") }}
{{- end }}
{{- end }}
{{- with .Values.redis }}
{{- if .host }}
{{ include "service.secretEnv" (dict "name" "REDIS_PASSWORD" "secret" .existingSecret "key" "password") }}
- { name: TRIBUTARY_RATE_LIMIT__REDIS__URL, value: "redis://:$(REDIS_PASSWORD)@{{ .host }}:6379" }
{{- else if .existingSecret }}
{{ include "service.secretEnv" (dict "name" "TRIBUTARY_RATE_LIMIT__REDIS__URL" "secret" .existingSecret "key" "url") }}
{{- end }}
{{- end }}
{{- if .Values.calls }}
{{ include "service.secretEnv" (dict "name" "TRIBUTARY_IDENTITY__KEY" "secret" (include "service.identitySecret" .) "key" "tls.key") }}
{{- end }}
{{- range .Values.callers }}
{{ include "service.secretEnv" (dict "name" (printf "TRIBUTARY_IDENTITY__TRUSTED__%s" (upper .)) "secret" (index $.Values.identity.trustedSecrets . | default (printf "%s-%s-identity" $.Values.graph .)) "key" "tls.crt") }}
{{- end }}
{{- range $name, $key := .Values.secrets.env }}
{{ include "service.secretEnv" (dict "name" $name "secret" (include "service.ownSecret" $) "key" $key) }}
{{- end }}
{{- with .Values.env }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Kubernetes' "restricted" pod security, and a root file system that nobody writes to. */}}
{{- define "service.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
seccompProfile: { type: RuntimeDefault }
{{- end -}}

{{- define "service.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end -}}

{{- define "service.mounts" -}}
- { name: config, mountPath: /etc/tributary/config.yaml, subPath: config.yaml, readOnly: true }
- { name: tmp, mountPath: /tmp }
{{- with .Values.supergraph }}
{{- if or .sdl .configMap }}
- { name: supergraph, mountPath: /etc/tributary/supergraph, readOnly: true }
{{- end }}
{{- if or .sdl .configMap .url }}
- { name: supergraph-cache, mountPath: /var/cache/tributary }
{{- end }}
{{- end }}
{{- if .Values.documents }}
- { name: documents, mountPath: /etc/tributary/documents, readOnly: true }
{{- end }}
{{- if .Values.rest }}
- { name: rest, mountPath: /etc/tributary/rest, readOnly: true }
{{- end }}
{{- range $name, $folder := .Values.writable }}
- { name: {{ $name }}, mountPath: {{ $folder.mountPath }} }
{{- end }}
{{- end -}}

{{- define "service.volumes" -}}
- name: config
  configMap: { name: {{ include "service.trackname" . }} }
- name: tmp
  emptyDir: { sizeLimit: 64Mi }
{{- with .Values.supergraph }}
{{- if or .sdl .configMap }}
- name: supergraph
  configMap: { name: {{ include "service.supergraphConfigMap" $ }} }
{{- end }}
{{- if or .sdl .configMap .url }}
- name: supergraph-cache
  emptyDir: { sizeLimit: 64Mi }
{{- end }}
{{- end }}
{{- if .Values.documents }}
- name: documents
  configMap:
    name: {{ include "service.fullname" . }}-documents
    items:
      {{- range $path, $text := .Values.documents }}
      - { key: {{ $path | replace "/" "." }}, path: {{ $path }} }
      {{- end }}
{{- end }}
{{- if .Values.rest }}
- name: rest
  configMap: { name: {{ include "service.fullname" . }}-rest }
{{- end }}
{{- range $name, $folder := .Values.writable }}
- name: {{ $name }}
  emptyDir: { sizeLimit: {{ $folder.sizeLimit }} }
{{- end }}
{{- end -}}

{{/* The container that applies migrations, in a pod of the service or of the hook. */}}
{{- define "service.migrateContainer" -}}
name: migrate
image: {{ include "service.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
args: [dist/main.js, --config, /etc/tributary/config.yaml, --migrate]
env: {{- include "service.env" . | nindent 2 }}
securityContext: {{- include "service.containerSecurity" . | nindent 2 }}
resources: {{- toYaml .Values.resources | nindent 2 }}
volumeMounts:
  - { name: config, mountPath: /etc/tributary/config.yaml, subPath: config.yaml, readOnly: true }
  - { name: tmp, mountPath: /tmp }
{{- end -}}
