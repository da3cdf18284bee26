{{/* Where Kibana is asked, by the Job that fills it. */}}
{{- define "observability.kibanaUrl" -}}
{{- if eq .Values.kibana.mode "existing" -}}
{{ .Values.kibana.url | trimSuffix "/" }}
{{- else if eq .Values.elasticsearch.mode "eck" -}}
https://{{ include "observability.name" (list . "kibana") }}-kb-http.{{ .Release.Namespace }}.svc:5601
{{- else -}}
http://{{ include "observability.name" (list . "kibana") }}.{{ .Release.Namespace }}.svc:5601
{{- end -}}
{{- end -}}

{{/* The pods of Kibana as an egress rule. */}}
{{- define "observability.kibanaEgress" -}}
{{- if eq .Values.kibana.mode "existing" -}}
- to: {{ toJson .Values.kibana.to }}
  ports: [{ port: {{ include "observability.portOf" .Values.kibana.url }}, protocol: TCP }]
{{- else if eq .Values.elasticsearch.mode "eck" -}}
- to:
    - podSelector: { matchLabels: { kibana.k8s.elastic.co/name: {{ include "observability.name" (list . "kibana") }} } }
  ports: [{ port: 5601, protocol: TCP }]
{{- else -}}
- to:
    - {{ include "observability.peer" (list . "kibana") }}
  ports: [{ port: 5601, protocol: TCP }]
{{- end -}}
{{- end -}}

{{/* The Secret whose `ca.crt` has signed Kibana's certificate, or nothing. */}}
{{- define "observability.kibanaCaSecret" -}}
{{- if eq .Values.kibana.mode "existing" -}}
{{ .Values.kibana.caSecret }}
{{- else if eq .Values.elasticsearch.mode "eck" -}}
{{ include "observability.name" (list . "kibana") }}-kb-http-certs-public
{{- end -}}
{{- end -}}

{{- define "observability.kibana" -}}
{{- if .Values.kibana.enabled -}}
{{- if eq .Values.kibana.mode "bundled" }}
{{- if eq .Values.elasticsearch.mode "eck" }}
{{ include "observability.kibanaOfEck" . }}
---
{{- else }}
{{ include "observability.kibanaDeployment" . }}
---
{{- end }}
{{- end }}
{{ include "observability.kibanaSetup" . }}
{{- end -}}
{{- end -}}

{{- define "observability.kibanaConfig" -}}
server.host: 0.0.0.0
server.name: {{ include "observability.name" (list . "kibana") }}
server.publicBaseUrl: {{ .Values.kibana.publicUrl | trimSuffix "/" }}
elasticsearch.hosts: [{{ include "observability.elasticsearchUrl" . | quote }}]
{{- if include "observability.elasticsearchCaSecret" . }}
elasticsearch.ssl.certificateAuthorities: [/etc/elasticsearch-ca/ca.crt]
{{- end }}
# Probes ask it without a name.
status.allowAnonymous: true
# It asks nobody outside.
telemetry.enabled: false
newsfeed.enabled: false
logging.root.level: warn
{{- end -}}

{{- define "observability.kibanaIngress" -}}
{{- with .Values.kibana.from -}}
- from: {{- toYaml . | nindent 4 }}
  ports: [{ port: 5601, protocol: TCP }]
{{- end -}}
{{- end -}}

{{- define "observability.kibanaDeployment" -}}
{{- $part := list . "kibana" -}}
{{- $name := include "observability.name" $part -}}
{{- $config := include "observability.kibanaConfig" . -}}
apiVersion: v1
kind: Secret
metadata:
  {{- include "observability.metadata" $part | nindent 2 }}
  # With other keys nobody could read what rules and sessions have encrypted.
  annotations: { helm.sh/resource-policy: keep }
type: Opaque
data:
  {{- range list "encrypted-saved-objects" "security" "reporting" }}
  {{ . }}: {{ include "observability.keptValue" (dict "root" $ "secret" $name "key" .) }}
  {{- end }}
---
{{ include "observability.serviceaccount" $part }}
---
apiVersion: v1
kind: Service
metadata: {{- include "observability.metadata" $part | nindent 2 }}
spec:
  selector: {{- include "observability.selector" $part | nindent 4 }}
  ports:
    - { name: http, port: 5601, targetPort: http, appProtocol: http }
---
{{ include "observability.networkpolicy" (dict "root" . "name" "kibana" "ingress" (list (dict "from" (list "kibana-setup") "port" 5601)) "ingressRules" (include "observability.kibanaIngress" .) "egressRules" (include "observability.elasticsearchEgress" .)) }}
---
apiVersion: v1
kind: ConfigMap
metadata: {{- include "observability.metadata" $part | nindent 2 }}
data:
  kibana.yml: |
    {{- $config | nindent 4 }}
---
apiVersion: apps/v1
kind: Deployment
metadata: {{- include "observability.metadata" $part | nindent 2 }}
spec:
  replicas: 1
  strategy:
    type: RollingUpdate
    rollingUpdate: { maxUnavailable: 0, maxSurge: 1 }
  selector:
    matchLabels: {{- include "observability.selector" $part | nindent 6 }}
  template:
    metadata:
      labels: {{- include "observability.podLabels" $part | nindent 8 }}
      annotations: { checksum/config: {{ $config | sha256sum }} }
    spec:
      {{- include "observability.pod" (dict "root" . "name" "kibana" "user" 1000) | nindent 6 }}
      containers:
        - name: kibana
          image: {{ include "observability.image" .Values.kibana.image }}
          imagePullPolicy: IfNotPresent
          env:
            {{- if eq .Values.elasticsearch.mode "existing" }}
            - name: ELASTICSEARCH_USERNAME
              valueFrom: { secretKeyRef: { name: {{ .Values.kibana.existingSecret }}, key: username } }
            - name: ELASTICSEARCH_PASSWORD
              valueFrom: { secretKeyRef: { name: {{ .Values.kibana.existingSecret }}, key: password } }
            {{- else }}
            - { name: ELASTICSEARCH_USERNAME, value: kibana_system }
            - name: ELASTICSEARCH_PASSWORD
              valueFrom: { secretKeyRef: { name: {{ include "observability.elasticsearchSecret" . }}, key: kibana-password } }
            {{- end }}
            - name: XPACK_ENCRYPTEDSAVEDOBJECTS_ENCRYPTIONKEY
              valueFrom: { secretKeyRef: { name: {{ $name }}, key: encrypted-saved-objects } }
            - name: XPACK_SECURITY_ENCRYPTIONKEY
              valueFrom: { secretKeyRef: { name: {{ $name }}, key: security } }
            - name: XPACK_REPORTING_ENCRYPTIONKEY
              valueFrom: { secretKeyRef: { name: {{ $name }}, key: reporting } }
          ports:
            - { name: http, containerPort: 5601 }
          # It is started when Elasticsearch has answered it.
          startupProbe: { httpGet: { path: /api/status, port: http }, periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 120 }
          readinessProbe: { httpGet: { path: /api/status, port: http }, periodSeconds: 10, timeoutSeconds: 5 }
          livenessProbe: { tcpSocket: { port: http }, periodSeconds: 10, failureThreshold: 6 }
          securityContext: {{- include "observability.containerSecurity" . | nindent 12 }}
          resources: {{- toYaml .Values.kibana.resources | nindent 12 }}
          volumeMounts:
            - { name: config, mountPath: /usr/share/kibana/config/kibana.yml, subPath: kibana.yml, readOnly: true }
            - { name: data, mountPath: /usr/share/kibana/data }
            - { name: logs, mountPath: /usr/share/kibana/logs }
            - { name: tmp, mountPath: /tmp }
            {{- with include "observability.elasticsearchCaMount" . }}
            {{- . | nindent 12 }}
            {{- end }}
      volumes:
        - name: config
          configMap: { name: {{ $name }} }
        - { name: data, emptyDir: { sizeLimit: 256Mi } }
        - { name: logs, emptyDir: { sizeLimit: 64Mi } }
        - { name: tmp, emptyDir: { sizeLimit: 256Mi } }
        {{- with include "observability.elasticsearchCaVolume" . }}
        {{- . | nindent 8 }}
        {{- end }}
{{- end -}}

{{/* ECK makes its certificates, its user and keys that stay. */}}
{{- define "observability.kibanaOfEck" -}}
{{- $part := list . "kibana" -}}
apiVersion: kibana.k8s.elastic.co/v1
kind: Kibana
metadata: {{- include "observability.metadata" $part | nindent 2 }}
spec:
  version: {{ .Values.kibana.image.tag }}
  {{- if .Values.kibana.image.digest }}
  image: {{ include "observability.image" .Values.kibana.image }}
  {{- end }}
  count: 1
  elasticsearchRef: { name: {{ include "observability.name" (list . "elasticsearch") }} }
  config:
    server.publicBaseUrl: {{ .Values.kibana.publicUrl | trimSuffix "/" }}
    telemetry.enabled: false
    newsfeed.enabled: false
  podTemplate:
    metadata:
      labels: { sidecar.istio.io/inject: "false" }
    spec:
      automountServiceAccountToken: false
      {{- with .Values.pullSecrets }}
      imagePullSecrets: {{- toYaml . | nindent 8 }}
      {{- end }}
      containers:
        - name: kibana
          resources: {{- toYaml .Values.kibana.resources | nindent 12 }}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{- include "observability.metadata" $part | nindent 2 }}
spec:
  podSelector:
    matchLabels: { kibana.k8s.elastic.co/name: {{ include "observability.name" $part }} }
  policyTypes: [Ingress, Egress]
  ingress:
    - from:
        - {{ include "observability.peer" (list . "kibana-setup") }}
        {{- with .Values.kibana.from }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      ports: [{ port: 5601, protocol: TCP }]
  egress:
    - to: {{- toYaml .Values.networkPolicy.dns | nindent 8 }}
      ports: [{ port: 53, protocol: UDP }, { port: 53, protocol: TCP }]
    {{- include "observability.elasticsearchEgress" . | nindent 4 }}
{{- end -}}

{{- define "observability.kibanaSetup" -}}
{{- $files := list "elasticsearch/api.ts" "kibana/alert-rules.ts" "kibana/saved-object.ts" "kibana/saved-objects.ts" "kibana/set-up-kibana.ts" "kibana/set-up.ts" -}}
{{- $settings := dict "stream" (include "observability.logStream" (list . "")) "rejectedStream" (include "observability.logStream" (list . ".rejected")) -}}
{{ include "observability.setupJob" (dict "root" . "name" "kibana-setup" "script" "kibana/set-up.ts" "files" $files "settings" (toJson $settings) "env" (include "observability.kibanaSetupEnv" .) "egress" (include "observability.kibanaEgress" .) "caMount" (include "observability.kibanaCaMount" .) "caVolume" (include "observability.kibanaCaVolume" .)) }}
{{- end -}}

{{- define "observability.kibanaSetupEnv" -}}
- { name: KIBANA_URL, value: {{ include "observability.kibanaUrl" . | quote }} }
{{ include "observability.elasticsearchUserEnv" (list . "admin") }}
{{- if include "observability.kibanaCaSecret" . }}
- { name: NODE_EXTRA_CA_CERTS, value: /etc/kibana-ca/ca.crt }
{{- end }}
{{- end -}}

{{- define "observability.kibanaCaMount" -}}
{{- if include "observability.kibanaCaSecret" . -}}
- { name: kibana-ca, mountPath: /etc/kibana-ca, readOnly: true }
{{- end -}}
{{- end -}}

{{- define "observability.kibanaCaVolume" -}}
{{- with include "observability.kibanaCaSecret" . -}}
- name: kibana-ca
  secret: { secretName: {{ . }}, items: [{ key: ca.crt, path: ca.crt }] }
{{- end -}}
{{- end -}}
