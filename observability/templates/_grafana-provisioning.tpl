{{/* What Grafana reads at its start. https://grafana.com/docs/grafana/latest/administration/provisioning/ */}}
{{- define "observability.grafanaProvisioning" -}}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ include "observability.name" (list . "grafana") }}-provisioning
  namespace: {{ .Release.Namespace }}
  labels:
    {{- include "observability.labels" (list . "grafana") | nindent 4 }}
    {{- if eq .Values.grafana.mode "existing" }}
    grafana_datasource: "1"
    {{- end }}
data:
  datasources.yaml: |
    {{- include "observability.grafanaDataSources" . | nindent 4 }}
  {{- if eq .Values.grafana.mode "bundled" }}
  dashboards.yaml: |
    apiVersion: 1
    providers:
      - name: tributary
        folder: Tributary
        type: file
        allowUiUpdates: false
        updateIntervalSeconds: 30
        options: { path: /var/lib/grafana-dashboards }
  {{- range $path, $_ := .Files.Glob "files/grafana-alerts/*.yaml" }}
  {{- if or $.Values.elasticsearch.enabled (ne (base $path) "logs.yaml") }}
  alerts-{{ base $path }}: |
    {{- $.Files.Get $path | nindent 4 }}
  {{- end }}
  {{- end }}
  {{- if include "observability.grafanaAlertmanagers" . }}
  alertmanager.yaml: |
    {{- include "observability.grafanaNotifications" . | nindent 4 }}
  {{- end }}
  {{- end }}
{{- end -}}

{{/* Each Alertmanager, by its own address: they do not hand on alerts to each other. */}}
{{- define "observability.grafanaAlertmanagers" -}}
{{- with .Values.alertmanager -}}
{{- if and .enabled (eq .mode "existing") -}}
{{ .url }}
{{- else if .enabled -}}
{{- $name := include "observability.name" (list $ "alertmanager") -}}
{{- $urls := list -}}
{{- range until (int .replicas) -}}
  {{- $urls = append $urls (printf "http://%s-%d.%s.%s.svc:9093" $name . $name $.Release.Namespace) -}}
{{- end -}}
{{ join "," $urls }}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
Alerts of Grafana's own go to Alertmanager, which has the routes. A data source that takes them (handleGrafanaManagedAlerts)
would have to be chosen by hand, in Grafana's database. A contact point says of no alert when it ends: Alertmanager holds it
for resolved after its resolve_timeout (5m), so it is told again much earlier.
https://grafana.com/docs/grafana/latest/alerting/set-up/provision-alerting-resources/file-provisioning/
*/}}
{{- define "observability.grafanaNotifications" -}}
apiVersion: 1
contactPoints:
  - orgId: 1
    name: Alertmanager
    receivers:
      - uid: alertmanager
        type: prometheus-alertmanager
        settings: { url: {{ include "observability.grafanaAlertmanagers" . | quote }} }
policies:
  - orgId: 1
    receiver: Alertmanager
    # Each alert by itself: Alertmanager groups them.
    group_by: ["..."]
    group_wait: 0s
    group_interval: 1m
    repeat_interval: 1m
{{- end -}}

{{/*
A metric leads to a trace, a trace to its log lines, a log line to its trace; alerts are those of Alertmanager. Grafana
expands $NAME in these files from its environment: what it is to expand later has $$. Dashboards and Grafana's own alert
rules know the data sources by these uids. Another Grafana, as that of kube-prometheus-stack, has its own prometheus and
alertmanager, by the same ones.
*/}}
{{- define "observability.grafanaDataSources" -}}
{{- $trace := "$${__value.raw}" -}}
apiVersion: 1
datasources:
  {{- $isOurs := eq .Values.grafana.mode "bundled" }}
  {{- with .Values.prometheus }}
  {{- if and .enabled $isOurs }}
  - name: Prometheus
    uid: prometheus
    type: prometheus
    access: proxy
    url: {{ include "observability.prometheusUrl" $ }}
    isDefault: true
    editable: false
    jsonData:
      httpMethod: POST
      prometheusType: Prometheus
      timeInterval: {{ .scrapeInterval }}
      {{- if include "observability.grafanaAlertmanagers" $ }}
      alertmanagerUid: alertmanager
      {{- end }}
      exemplarTraceIdDestinations:
        {{- if $.Values.jaeger.enabled }}
        - { name: trace_id, datasourceUid: jaeger, urlDisplayLabel: Trace }
        {{- end }}
        {{- if $.Values.kibana.enabled }}
        - { name: trace_id, url: {{ include "observability.kibanaTraceLink" (list $ $trace) | quote }}, urlDisplayLabel: Log lines }
        {{- end }}
  {{- end }}
  {{- end }}
  {{- with .Values.jaeger }}
  {{- if and .enabled (or (eq .mode "bundled") .url) }}
  - name: Jaeger
    uid: jaeger
    type: jaeger
    access: proxy
    url: {{ include "observability.jaegerUrl" $ }}
    editable: false
    jsonData:
      nodeGraph: { enabled: true }
      {{- if $.Values.elasticsearch.enabled }}
      tracesToLogsV2:
        datasourceUid: elasticsearch
        spanStartTimeShift: -5m
        spanEndTimeShift: 5m
        customQuery: true
        query: 'trace_id:"$${__trace.traceId}"'
      {{- end }}
  {{- end }}
  {{- end }}
  {{- if .Values.elasticsearch.enabled }}
  - name: Elasticsearch
    uid: elasticsearch
    type: elasticsearch
    access: proxy
    url: {{ include "observability.elasticsearchUrl" . }}
    editable: false
    basicAuth: true
    basicAuthUser: $ES_USERNAME
    jsonData:
      index: {{ include "observability.logStream" (list . "") }}
      timeField: "@timestamp"
      logMessageField: message
      logLevelField: level
      {{- if include "observability.elasticsearchCaSecret" . }}
      tlsAuthWithCACert: true
      {{- end }}
      dataLinks:
        {{- if .Values.jaeger.enabled }}
        - { field: trace_id, datasourceUid: jaeger, url: {{ $trace | quote }}, urlDisplayLabel: Trace }
        {{- end }}
        {{- if .Values.kibana.enabled }}
        - { field: trace_id, url: {{ include "observability.kibanaTraceLink" (list $ $trace) | quote }}, urlDisplayLabel: All of this request in Kibana }
        {{- end }}
    secureJsonData:
      basicAuthPassword: $ES_PASSWORD
      {{- if include "observability.elasticsearchCaSecret" . }}
      tlsCACert: $__file{/etc/elasticsearch-ca/ca.crt}
      {{- end }}
  {{- end }}
  {{- if and (include "observability.grafanaAlertmanagers" .) $isOurs }}
  - name: Alertmanager
    uid: alertmanager
    type: alertmanager
    access: proxy
    url: {{ include "observability.alertmanagerUrl" $ }}
    editable: false
    jsonData: { implementation: prometheus }
  {{- end }}
{{- end -}}
