{{/* Where gateways send what is kept: OTLP over gRPC. */}}
{{- define "observability.jaegerOtlp" -}}
{{- if eq .Values.jaeger.mode "existing" -}}
{{ .Values.jaeger.otlpEndpoint }}
{{- else -}}
{{ include "observability.name" (list . "jaeger") }}.{{ .Release.Namespace }}.svc:4317
{{- end -}}
{{- end -}}

{{/* Where it is asked. */}}
{{- define "observability.jaegerUrl" -}}
{{- if eq .Values.jaeger.mode "existing" -}}
{{ .Values.jaeger.url }}
{{- else -}}
http://{{ include "observability.name" (list . "jaeger") }}.{{ .Release.Namespace }}.svc:16686
{{- end -}}
{{- end -}}

{{- define "observability.jaeger" -}}
{{- if and .Values.jaeger.enabled (eq .Values.jaeger.mode "bundled") -}}
{{- $part := list . "jaeger" -}}
{{- $elasticsearch := eq .Values.jaeger.storage "elasticsearch" -}}
{{- include "observability.document" (list "observability.serviceaccount" $part) -}}
{{- include "observability.document" (list "observability.jaegerConfigMap" .) -}}
{{- include "observability.document" (list "observability.jaegerService" .) -}}
{{- include "observability.document" (list "observability.networkpolicy" (include "observability.jaegerNetwork" . | fromYaml | merge (dict "root" . "name" "jaeger"))) -}}
{{- if gt (int .Values.jaeger.replicas) 1 -}}
{{- include "observability.document" (list "observability.poddisruptionbudget" $part) -}}
{{- end -}}
{{- if $elasticsearch -}}
{{- include "observability.document" (list "observability.jaegerCleaner" .) -}}
{{- end }}
---
apiVersion: apps/v1
kind: Deployment
metadata: {{- include "observability.metadata" $part | nindent 2 }}
spec:
  replicas: {{ .Values.jaeger.replicas }}
  strategy: { type: RollingUpdate, rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } }
  selector:
    matchLabels: {{- include "observability.selector" $part | nindent 6 }}
  template:
    metadata:
      labels: {{- include "observability.podLabels" $part | nindent 8 }}
      annotations:
        checksum/config: {{ printf "%s%s" (include "observability.jaegerConfig" .) (include "observability.jaegerUi" .) | sha256sum }}
    spec:
      {{- include "observability.pod" (dict "root" . "name" "jaeger" "user" 10001) | nindent 6 }}
      {{- include "observability.spread" $part | nindent 6 }}
      containers:
        - name: jaeger
          image: {{ include "observability.image" .Values.jaeger.image }}
          imagePullPolicy: IfNotPresent
          args: [--config=/etc/jaeger/config.yaml]
          {{- if $elasticsearch }}
          env: {{- include "observability.jaegerElasticsearchEnv" . | nindent 12 }}
          {{- end }}
          ports:
            - { name: otlp-grpc, containerPort: 4317 }
            - { name: query, containerPort: 16686 }
            - { name: metrics, containerPort: 8888 }
            - { name: admin, containerPort: 13133 }
          # It waits for Elasticsearch, or ends and is started anew.
          startupProbe: { httpGet: { path: /status, port: admin }, periodSeconds: 2, failureThreshold: 90 }
          readinessProbe: { httpGet: { path: /status, port: admin }, periodSeconds: 5 }
          livenessProbe: { httpGet: { path: /status, port: admin }, periodSeconds: 10, failureThreshold: 6 }
          securityContext: {{- include "observability.containerSecurity" . | nindent 12 }}
          resources: {{- toYaml .Values.jaeger.resources | nindent 12 }}
          volumeMounts:
            - { name: config, mountPath: /etc/jaeger, readOnly: true }
            {{- if $elasticsearch }}
            {{- include "observability.elasticsearchCaMount" . | nindent 12 }}
            {{- end }}
      volumes:
        - name: config
          configMap: { name: {{ include "observability.name" $part }} }
        {{- if $elasticsearch }}
        {{- include "observability.elasticsearchCaVolume" . | nindent 8 }}
        {{- end }}
{{- end -}}
{{- end -}}

{{- define "observability.jaegerConfig" -}}
receivers:
  otlp:
    protocols:
      grpc: { endpoint: "0.0.0.0:4317" }
processors:
  memory_limiter: { check_interval: 1s, limit_percentage: 80, spike_limit_percentage: 20 }
  batch: {}
exporters:
  jaeger_storage_exporter: { trace_storage: traces }
extensions:
  healthcheckv2:
    use_v2: true
    http: { endpoint: "0.0.0.0:13133" }
  jaeger_query:
    storage: { traces: traces }
    ui: { config_file: /etc/jaeger/ui.json }
    http: { endpoint: "0.0.0.0:16686" }
    grpc: { endpoint: "0.0.0.0:16685" }
  jaeger_storage:
    backends:
      traces: {{- include "observability.jaegerStorage" . | nindent 8 }}
service:
  extensions: [healthcheckv2, jaeger_storage, jaeger_query]
  pipelines:
    traces: { receivers: [otlp], processors: [memory_limiter, batch], exporters: [jaeger_storage_exporter] }
  telemetry:
    logs: { encoding: json }
    metrics:
      readers:
        - pull: { exporter: { prometheus: { host: 0.0.0.0, port: 8888 } } }
{{- end -}}

{{/* In Elasticsearch an index a day: what is old is deleted as a whole. */}}
{{- define "observability.jaegerStorage" -}}
{{- if eq .Values.jaeger.storage "memory" -}}
memory: { max_traces: {{ int .Values.jaeger.maxTraces }} }
{{- else -}}
{{- $shards := dict "shards" 1 "replicas" (include "observability.elasticsearchCopies" . | int) | toJson -}}
elasticsearch:
  server_urls: [{{ include "observability.elasticsearchUrl" . }}]
  auth: { basic: { username: "${env:ES_USERNAME}", password: "${env:ES_PASSWORD}" } }
  {{- with include "observability.elasticsearchCaSecret" . }}
  tls: { ca_file: /etc/elasticsearch-ca/ca.crt }
  {{- end }}
  indices:
    index_prefix: {{ .Values.graph }}
    spans: {{ $shards }}
    services: {{ $shards }}
    dependencies: {{ $shards }}
    sampling: {{ $shards }}
{{- end -}}
{{- end -}}

{{/* Its user may do what it wants with indices of traces, and nothing with others. */}}
{{- define "observability.jaegerElasticsearchEnv" -}}
{{- include "observability.elasticsearchUserEnv" (list . "traces") | replace "ELASTICSEARCH_" "ES_" -}}
{{- end -}}

{{/* A trace leads to its log lines. */}}
{{- define "observability.jaegerUi" -}}
{{- $ui := dict -}}
{{- if .Values.kibana.enabled -}}
  {{- $logs := dict "type" "traces" "key" "traceID" "text" "Log lines" "url" (include "observability.kibanaTraceLink" (list . "#{traceID}")) -}}
  {{- $ui = dict "linkPatterns" (list $logs) -}}
{{- end -}}
{{- toPrettyJson $ui -}}
{{- end -}}

{{- define "observability.jaegerConfigMap" -}}
apiVersion: v1
kind: ConfigMap
metadata: {{- include "observability.metadata" (list . "jaeger") | nindent 2 }}
data:
  config.yaml: |
    {{- include "observability.jaegerConfig" . | nindent 4 }}
  ui.json: |
    {{- include "observability.jaegerUi" . | nindent 4 }}
{{- end -}}

{{- define "observability.jaegerService" -}}
apiVersion: v1
kind: Service
metadata: {{- include "observability.metadata" (list . "jaeger") | nindent 2 }}
spec:
  selector: {{- include "observability.selector" (list . "jaeger") | nindent 4 }}
  ports:
    - { name: grpc-otlp, port: 4317, targetPort: otlp-grpc, appProtocol: grpc }
    - { name: http-query, port: 16686, targetPort: query, appProtocol: http }
{{- end -}}

{{- define "observability.jaegerNetwork" -}}
ingress:
  - { from: [collector-gateway], port: otlp-grpc }
  - { from: [grafana], port: query }
  - { from: [prometheus], port: metrics }
{{- with .Values.jaeger.from }}
ingressRules: |
  - from: {{- toYaml . | nindent 6 }}
    ports: [{ port: query, protocol: TCP }]
{{- end }}
{{- if eq .Values.jaeger.storage "elasticsearch" }}
egressRules: |
  {{- include "observability.elasticsearchEgress" . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* Deletes indices of days that are older than the retention. */}}
{{- define "observability.jaegerCleaner" -}}
{{- $part := list . "jaeger-cleaner" -}}
{{- include "observability.serviceaccount" $part }}
---
{{ include "observability.networkpolicy" (dict "root" . "name" "jaeger-cleaner" "egressRules" (include "observability.elasticsearchEgress" .)) }}
---
apiVersion: batch/v1
kind: CronJob
metadata: {{- include "observability.metadata" $part | nindent 2 }}
spec:
  schedule: "25 0 * * *"
  timeZone: Etc/UTC
  concurrencyPolicy: Forbid
  successfulJobsHistoryLimit: 1
  failedJobsHistoryLimit: 1
  jobTemplate:
    spec:
      backoffLimit: 3
      activeDeadlineSeconds: 600
      template:
        metadata:
          labels: {{- include "observability.podLabels" $part | nindent 12 }}
        spec:
          {{- include "observability.pod" (dict "root" . "name" "jaeger-cleaner" "user" 10001) | nindent 10 }}
          restartPolicy: Never
          containers:
            - name: cleaner
              image: {{ include "observability.image" .Values.jaeger.cleanerImage }}
              imagePullPolicy: IfNotPresent
              args:
                - {{ .Values.jaeger.retentionDays | quote }}
                - {{ include "observability.elasticsearchUrl" . }}
                - --es.index-prefix={{ .Values.graph }}
                {{- if include "observability.elasticsearchCaSecret" . }}
                - --es.tls.enabled=true
                - --es.tls.ca=/etc/elasticsearch-ca/ca.crt
                {{- end }}
              env: {{- include "observability.jaegerElasticsearchEnv" . | nindent 16 }}
              securityContext: {{- include "observability.containerSecurity" . | nindent 16 }}
              resources:
                requests: { cpu: 10m, memory: 32Mi }
                limits: { memory: 64Mi }
              {{- with include "observability.elasticsearchCaMount" . }}
              volumeMounts: {{- . | nindent 16 }}
              {{- end }}
          {{- with include "observability.elasticsearchCaVolume" . }}
          volumes: {{- . | nindent 12 }}
          {{- end }}
{{- end -}}
