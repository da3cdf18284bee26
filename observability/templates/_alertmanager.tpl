{{/* Where it is asked. */}}
{{- define "observability.alertmanagerUrl" -}}
{{- if eq .Values.alertmanager.mode "existing" -}}
{{ .Values.alertmanager.url }}
{{- else -}}
http://{{ include "observability.name" (list . "alertmanager") }}.{{ .Release.Namespace }}.svc:9093
{{- end -}}
{{- end -}}

{{- define "observability.alertmanager" -}}
{{- if .Values.alertmanager.enabled -}}
{{- include "observability.document" (list "observability.alertmanagerSecret" .) -}}
{{- if eq .Values.alertmanager.mode "bundled" -}}
{{- $part := list . "alertmanager" -}}
{{- include "observability.document" (list "observability.serviceaccount" $part) -}}
{{- include "observability.document" (list "observability.alertmanagerService" .) -}}
{{- include "observability.document" (list "observability.networkpolicy" (include "observability.alertmanagerNetwork" . | fromYaml | merge (dict "root" . "name" "alertmanager"))) -}}
{{- if gt (int .Values.alertmanager.replicas) 1 -}}
{{- include "observability.document" (list "observability.poddisruptionbudget" $part) -}}
{{- end -}}
{{- include "observability.document" (list "observability.alertmanagerStatefulSet" .) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* A Secret as the Prometheus Operator takes it too (configSecret); what it holds is routes, and paths of files. */}}
{{- define "observability.alertmanagerSecret" -}}
apiVersion: v1
kind: Secret
metadata: {{- include "observability.metadata" (list . "alertmanager") | nindent 2 }}
type: Opaque
stringData:
  {{- $config := .Files.Get "files/alertmanager/alertmanager.yaml" }}
  {{- if eq .Values.alertmanager.mode "existing" }}
  {{- /* Where the operator mounts what configSecret and secrets name. */}}
  {{- $config = $config | replace "/etc/alertmanager/*.tmpl" "/etc/alertmanager/config/*.tmpl" | replace "/etc/alertmanager/receivers/" (printf "/etc/alertmanager/secrets/%s/" .Values.alertmanager.existingSecret) }}
  {{- end }}
  alertmanager.yaml: |
    {{- $config | nindent 4 }}
  notification.tmpl: |
    {{- .Files.Get "files/alertmanager/notification.tmpl" | nindent 4 }}
  # Where browsers reach what the links of alerts lead to.
  urls.tmpl: |
    {{- range $component := list "grafana" "jaeger" "kibana" }}
    {{ printf "{{ define \"tributary.%s\" }}%s{{ end }}" $component (index $.Values $component "publicUrl" | trimSuffix "/") }}
    {{- end }}
{{- end -}}

{{- define "observability.alertmanagerStatefulSet" -}}
{{- $part := list . "alertmanager" -}}
{{- $name := include "observability.name" $part -}}
{{- $replicas := int .Values.alertmanager.replicas -}}
apiVersion: apps/v1
kind: StatefulSet
metadata: {{- include "observability.metadata" $part | nindent 2 }}
spec:
  replicas: {{ $replicas }}
  serviceName: {{ $name }}
  podManagementPolicy: Parallel
  selector:
    matchLabels: {{- include "observability.selector" $part | nindent 6 }}
  template:
    metadata:
      labels: {{- include "observability.podLabels" $part | nindent 8 }}
      annotations:
        checksum/config: {{ include "observability.alertmanagerSecret" . | sha256sum }}
    spec:
      {{- include "observability.pod" (dict "root" . "name" "alertmanager" "user" 65534) | nindent 6 }}
      {{- include "observability.spread" $part | nindent 6 }}
      containers:
        - name: alertmanager
          image: {{ include "observability.image" .Values.alertmanager.image }}
          imagePullPolicy: IfNotPresent
          args:
            - --config.file=/etc/alertmanager/alertmanager.yaml
            - --storage.path=/alertmanager
            - --data.retention={{ .Values.alertmanager.retention }}
            - --web.external-url={{ .Values.alertmanager.publicUrl }}
            - --web.route-prefix=/
            {{- if gt $replicas 1 }}
            - --cluster.listen-address=$(POD_IP):9094
            {{- range $index := until $replicas }}
            - --cluster.peer={{ $name }}-{{ $index }}.{{ $name }}.{{ $.Release.Namespace }}.svc:9094
            {{- end }}
            {{- else }}
            - --cluster.listen-address=
            {{- end }}
          env:
            - name: POD_IP
              valueFrom: { fieldRef: { fieldPath: status.podIP } }
          ports:
            - { name: web, containerPort: 9093 }
            {{- if gt $replicas 1 }}
            - { name: cluster-tcp, containerPort: 9094 }
            - { name: cluster-udp, containerPort: 9094, protocol: UDP }
            {{- end }}
          startupProbe: { httpGet: { path: /-/healthy, port: web }, periodSeconds: 1, failureThreshold: 60 }
          readinessProbe: { httpGet: { path: /-/ready, port: web }, periodSeconds: 5 }
          livenessProbe: { httpGet: { path: /-/healthy, port: web }, periodSeconds: 10, failureThreshold: 6 }
          securityContext: {{- include "observability.containerSecurity" . | nindent 12 }}
          resources: {{- toYaml .Values.alertmanager.resources | nindent 12 }}
          volumeMounts:
            {{- range list "alertmanager.yaml" "notification.tmpl" "urls.tmpl" }}
            - { name: config, mountPath: /etc/alertmanager/{{ . }}, subPath: {{ . }}, readOnly: true }
            {{- end }}
            - { name: receivers, mountPath: /etc/alertmanager/receivers, readOnly: true }
            - { name: data, mountPath: /alertmanager }
      volumes:
        - name: config
          secret: { secretName: {{ $name }} }
        - name: receivers
          {{- if .Values.alertmanager.existingSecret }}
          secret: { secretName: {{ .Values.alertmanager.existingSecret }} }
          {{- else }}
          emptyDir: { sizeLimit: 1Mi }
          {{- end }}
        {{- include "observability.dataVolume" .Values.alertmanager.persistence | nindent 8 }}
  {{- include "observability.claims" .Values.alertmanager.persistence | nindent 2 }}
{{- end -}}

{{/* Headless: Prometheus tells each of them, and they find each other before they are ready. */}}
{{- define "observability.alertmanagerService" -}}
apiVersion: v1
kind: Service
metadata: {{- include "observability.metadata" (list . "alertmanager") | nindent 2 }}
spec:
  clusterIP: None
  publishNotReadyAddresses: true
  selector: {{- include "observability.selector" (list . "alertmanager") | nindent 4 }}
  ports:
    - { name: http-web, port: 9093, targetPort: web, appProtocol: http }
    {{- if gt (int .Values.alertmanager.replicas) 1 }}
    - { name: tcp-cluster, port: 9094, targetPort: cluster-tcp, appProtocol: tcp }
    - { name: udp-cluster, port: 9094, targetPort: cluster-udp, protocol: UDP }
    {{- end }}
{{- end -}}

{{- define "observability.alertmanagerNetwork" -}}
{{- $gossip := "[{ port: 9094, protocol: TCP }, { port: 9094, protocol: UDP }]" -}}
{{- $clustered := gt (int .Values.alertmanager.replicas) 1 -}}
ingress:
  - { from: [prometheus, grafana], port: web }
ingressRules: |
  {{- if $clustered }}
  - from: [{ {{- include "observability.peer" (list . "alertmanager") -}} }]
    ports: {{ $gossip }}
  {{- end }}
  {{- with .Values.alertmanager.from }}
  - from: {{- toYaml . | nindent 6 }}
    ports: [{ port: web, protocol: TCP }]
  {{- end }}
egressRules: |
  {{- if $clustered }}
  - to: [{ {{- include "observability.peer" (list . "alertmanager") -}} }]
    ports: {{ $gossip }}
  {{- end }}
  # Whom it notifies.
  {{- toYaml .Values.alertmanager.egress | nindent 2 }}
{{- end -}}
