{{/*
A Job that runs one of our scripts: dict "root" $ "name" "elasticsearch-setup" "script" "elasticsearch/set-up.ts"
"files" (list …) "settings" "{…}" "env" "…" "egress" "…" "caMount" "…" "caVolume" "…".
*/}}
{{- define "observability.setupJob" -}}
{{- $part := list .root .name -}}
{{- $image := include "observability.image" .root.Values.tools.image -}}
{{- $data := dict "package.json" "{\"type\":\"module\"}" "settings.json" .settings -}}
{{- range .files }}{{ $_ := set $data (replace "/" "." .) ($.root.Files.Get (printf "files/%s" .)) }}{{ end -}}
{{ include "observability.serviceaccount" $part }}
---
{{ include "observability.networkpolicy" (dict "root" .root "name" .name "egressRules" .egress) }}
---
apiVersion: v1
kind: ConfigMap
metadata: {{- include "observability.metadata" $part | nindent 2 }}
data: {{- toYaml $data | nindent 2 }}
---
# A Job cannot be changed: other files, settings or another image are another Job.
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ include "observability.name" $part }}-{{ printf "%s %s %s" (toJson $data) $image .env | sha256sum | trunc 8 }}
  namespace: {{ .root.Release.Namespace }}
  labels: {{- include "observability.labels" $part | nindent 4 }}
spec:
  backoffLimit: 20
  template:
    metadata:
      labels: {{- include "observability.podLabels" $part | nindent 8 }}
    spec:
      {{- include "observability.pod" (dict "root" .root "name" .name "user" 65532) | nindent 6 }}
      restartPolicy: OnFailure
      containers:
        - name: set-up
          image: {{ $image }}
          imagePullPolicy: IfNotPresent
          args: [/set-up/{{ .script }}, /set-up/settings.json]
          env: {{- .env | nindent 12 }}
          securityContext: {{- include "observability.containerSecurity" .root | nindent 12 }}
          resources:
            requests: { cpu: 50m, memory: 64Mi }
            limits: { memory: 128Mi }
          volumeMounts:
            - { name: set-up, mountPath: /set-up, readOnly: true }
            {{- with .caMount }}
            {{- . | nindent 12 }}
            {{- end }}
      volumes:
        - name: set-up
          configMap:
            name: {{ include "observability.name" $part }}
            items:
              - { key: package.json, path: package.json }
              - { key: settings.json, path: settings.json }
              {{- range .files }}
              - { key: {{ replace "/" "." . }}, path: {{ . }} }
              {{- end }}
        {{- with .caVolume }}
        {{- . | nindent 8 }}
        {{- end }}
{{- end -}}
