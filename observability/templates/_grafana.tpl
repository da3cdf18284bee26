{{- define "observability.grafana" -}}
{{- if .Values.grafana.enabled -}}
{{- include "observability.document" (list "observability.grafanaDashboards" .) -}}
{{- include "observability.document" (list "observability.grafanaProvisioning" .) -}}
{{- if eq .Values.grafana.mode "bundled" -}}
{{- $part := list . "grafana" -}}
{{- if not .Values.grafana.existingSecret -}}
{{- include "observability.document" (list "observability.grafanaSecret" .) -}}
{{- end -}}
{{- include "observability.document" (list "observability.serviceaccount" $part) -}}
{{- include "observability.document" (list "observability.grafanaService" .) -}}
{{- include "observability.document" (list "observability.networkpolicy" (include "observability.grafanaNetwork" . | fromYaml | merge (dict "root" . "name" "grafana"))) -}}
{{- include "observability.document" (list "observability.grafanaStatefulSet" .) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "observability.grafanaSecretName" -}}
{{- .Values.grafana.existingSecret | default (include "observability.name" (list . "grafana")) -}}
{{- end -}}

{{- define "observability.grafanaSecret" -}}
apiVersion: v1
kind: Secret
metadata:
  {{- include "observability.metadata" (list . "grafana") | nindent 2 }}
  annotations:
    helm.sh/resource-policy: keep
type: Opaque
data:
  admin-user: {{ "admin" | b64enc }}
  admin-password: {{ include "observability.keptValue" (dict "root" . "secret" (include "observability.grafanaSecretName" .) "key" "admin-password") }}
{{- end -}}

{{- define "observability.grafanaStatefulSet" -}}
{{- $part := list . "grafana" -}}
{{- $name := include "observability.name" $part -}}
apiVersion: apps/v1
kind: StatefulSet
metadata: {{- include "observability.metadata" $part | nindent 2 }}
spec:
  # Its database is a file of the pod.
  replicas: 1
  serviceName: {{ $name }}
  selector:
    matchLabels: {{- include "observability.selector" $part | nindent 6 }}
  template:
    metadata:
      labels: {{- include "observability.podLabels" $part | nindent 8 }}
      annotations:
        checksum/provisioning: {{ include "observability.grafanaProvisioning" . | sha256sum }}
    spec:
      {{- include "observability.pod" (dict "root" . "name" "grafana" "user" 472) | nindent 6 }}
      containers:
        - name: grafana
          image: {{ include "observability.image" .Values.grafana.image }}
          imagePullPolicy: IfNotPresent
          env: {{- include "observability.grafanaEnv" . | nindent 12 }}
          ports:
            - { name: web, containerPort: 3000 }
          startupProbe: { httpGet: { path: /api/health, port: web }, periodSeconds: 2, failureThreshold: 90 }
          readinessProbe: { httpGet: { path: /api/health, port: web }, periodSeconds: 5 }
          livenessProbe: { httpGet: { path: /api/health, port: web }, periodSeconds: 10, failureThreshold: 6 }
          securityContext: {{- include "observability.containerSecurity" . | nindent 12 }}
          resources: {{- toYaml .Values.grafana.resources | nindent 12 }}
          volumeMounts:
            - { name: provisioning, mountPath: /etc/grafana/provisioning/datasources/tributary.yaml, subPath: datasources.yaml, readOnly: true }
            - { name: provisioning, mountPath: /etc/grafana/provisioning/dashboards/tributary.yaml, subPath: dashboards.yaml, readOnly: true }
            {{- range $path, $_ := .Files.Glob "files/grafana-alerts/*.yaml" }}
            {{- if or $.Values.elasticsearch.enabled (ne (base $path) "logs.yaml") }}
            - { name: provisioning, mountPath: /etc/grafana/provisioning/alerting/{{ base $path }}, subPath: alerts-{{ base $path }}, readOnly: true }
            {{- end }}
            {{- end }}
            {{- if include "observability.grafanaAlertmanagers" . }}
            - { name: provisioning, mountPath: /etc/grafana/provisioning/alerting/alertmanager.yaml, subPath: alertmanager.yaml, readOnly: true }
            {{- end }}
            - { name: dashboards, mountPath: /var/lib/grafana-dashboards, readOnly: true }
            {{- if .Values.elasticsearch.enabled }}
            {{- include "observability.elasticsearchCaMount" . | nindent 12 }}
            {{- end }}
            - { name: data, mountPath: /var/lib/grafana }
            - { name: tmp, mountPath: /tmp }
      volumes:
        - name: provisioning
          configMap: { name: {{ $name }}-provisioning }
        # It looks for changed dashboards itself.
        - name: dashboards
          projected:
            sources:
              {{- range $path, $_ := .Files.Glob "files/dashboards/*.json" }}
              - configMap: { name: {{ include "observability.dashboardName" (list $ $path) }} }
              {{- end }}
        {{- if .Values.elasticsearch.enabled }}
        {{- include "observability.elasticsearchCaVolume" . | nindent 8 }}
        {{- end }}
        - name: tmp
          emptyDir: { sizeLimit: 64Mi }
        {{- include "observability.dataVolume" .Values.grafana.persistence | nindent 8 }}
  {{- include "observability.claims" .Values.grafana.persistence | nindent 2 }}
{{- end -}}

{{/* Nobody is let in without signing in, and nothing is asked of the internet. */}}
{{- define "observability.grafanaEnv" -}}
{{- $secret := include "observability.grafanaSecretName" . -}}
- name: GF_SECURITY_ADMIN_USER
  valueFrom: { secretKeyRef: { name: {{ $secret }}, key: admin-user } }
- name: GF_SECURITY_ADMIN_PASSWORD
  valueFrom: { secretKeyRef: { name: {{ $secret }}, key: admin-password } }
{{- if .Values.elasticsearch.enabled }}
{{ include "observability.elasticsearchUserEnv" (list . "reader") | replace "ELASTICSEARCH_" "ES_" }}
{{- end }}
- { name: GF_SERVER_ROOT_URL, value: {{ .Values.grafana.publicUrl }} }
- { name: GF_SECURITY_COOKIE_SECURE, value: {{ hasPrefix "https:" .Values.grafana.publicUrl | quote }} }
- { name: GF_AUTH_ANONYMOUS_ENABLED, value: "false" }
- { name: GF_USERS_ALLOW_SIGN_UP, value: "false" }
- { name: GF_SECURITY_DISABLE_GRAVATAR, value: "true" }
- { name: GF_ANALYTICS_REPORTING_ENABLED, value: "false" }
- { name: GF_ANALYTICS_CHECK_FOR_UPDATES, value: "false" }
- { name: GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES, value: "false" }
- { name: GF_NEWS_NEWS_FEED_ENABLED, value: "false" }
- { name: GF_PLUGINS_PREINSTALL_DISABLED, value: "true" }
- { name: GF_LOG_MODE, value: console }
- { name: GF_LOG_CONSOLE_FORMAT, value: json }
{{- end -}}

{{/* All log lines of a trace: list $ "<trace id, or what stands for it>". */}}
{{- define "observability.kibanaTraceLink" -}}
{{- $base := (index . 0).Values.kibana.publicUrl | trimSuffix "/" -}}
{{ printf "%s/app/discover#/?_g=(time:(from:now-7d,to:now))&_a=(query:(language:kuery,query:'trace_id:\"%s\"'))" $base (index . 1) }}
{{- end -}}

{{- define "observability.dashboardName" -}}
{{ (index . 0).Values.graph }}-dashboard-{{ base (index . 1) | trimSuffix ".json" | trimPrefix "tributary-" }}
{{- end -}}

{{/* One each, with the label that Grafana's sidecar looks for: they serve a Grafana of this chart and another one alike. */}}
{{- define "observability.grafanaDashboards" -}}
{{- range $path, $_ := .Files.Glob "files/dashboards/*.json" }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ include "observability.dashboardName" (list $ $path) }}
  namespace: {{ $.Release.Namespace }}
  labels:
    {{- include "observability.labels" (list $ "grafana") | nindent 4 }}
    grafana_dashboard: "1"
  annotations: { grafana_folder: Tributary }
data:
  {{ base $path }}: |
    {{- $.Files.Get $path | replace "http://localhost:5601" ($.Values.kibana.publicUrl | trimSuffix "/") | nindent 4 }}
{{- end }}
{{- end -}}

{{- define "observability.grafanaService" -}}
apiVersion: v1
kind: Service
metadata: {{- include "observability.metadata" (list . "grafana") | nindent 2 }}
spec:
  selector: {{- include "observability.selector" (list . "grafana") | nindent 4 }}
  ports:
    - { name: http-web, port: 80, targetPort: web, appProtocol: http }
{{- end -}}

{{- define "observability.grafanaNetwork" -}}
ingress:
  - { from: [prometheus], port: web }
{{- with .Values.grafana.from }}
ingressRules: |
  - from: {{- toYaml . | nindent 6 }}
    ports: [{ port: web, protocol: TCP }]
{{- end }}
egress:
{{- range $component, $port := dict "prometheus" 9090 "alertmanager" 9093 "jaeger" 16686 }}
{{- $section := index $.Values $component }}
{{- if and $section.enabled (eq $section.mode "bundled") }}
  - { to: [{{ $component }}], port: {{ $port }} }
{{- end }}
{{- end }}
egressRules: |
{{- range $component := list "prometheus" "alertmanager" "jaeger" }}
{{- $section := index $.Values $component }}
{{- if and $section.enabled (eq $section.mode "existing") $section.url }}
  - ports: [{ port: {{ include "observability.portOf" $section.url }}, protocol: TCP }]
{{- end }}
{{- end }}
{{- if .Values.elasticsearch.enabled }}
  {{- include "observability.elasticsearchEgress" . | nindent 2 }}
{{- end }}
{{- end -}}
