{{/*
Agents, one a node, name the pod of each span and hand all spans of one trace to the same gateway; gateways count spans,
wait for the whole trace, and decide whether it is kept.
Options: https://github.com/open-telemetry/opentelemetry-collector-contrib, of the components named here.
*/}}
{{- define "observability.collector" -}}
{{- if and .Values.collector.enabled (eq .Values.collector.mode "bundled") -}}
{{- include "observability.collectorAgent" . -}}
{{- include "observability.collectorGateway" . -}}
{{- end -}}
{{- end -}}

{{/* What both have: the OTLP receiver, its own health, metrics and log. */}}
{{- define "observability.collectorBase" -}}
receivers:
  otlp:
    protocols:
      grpc: { endpoint: "0.0.0.0:4317" }
      http: { endpoint: "0.0.0.0:4318" }
extensions:
  health_check: { endpoint: "0.0.0.0:13133" }
processors:
  # The first of each pipeline: senders are refused, and try again, before memory is short.
  memory_limiter: { check_interval: 1s, limit_percentage: 80, spike_limit_percentage: 20 }
service:
  extensions: [health_check]
  telemetry:
    logs: { encoding: json }
    metrics:
      readers:
        # Counters are called ..._total.
        - pull: { exporter: { prometheus: { host: 0.0.0.0, port: 8888, without_type_suffix: false } } }
{{- end -}}

{{- define "observability.collectorAgentConfig" -}}
processors:
  k8s_attributes:
    auth_type: serviceAccount
    filter: { node_from_env_var: K8S_NODE_NAME, namespace: {{ include "observability.graphNamespace" . }} }
    extract:
      metadata: [k8s.namespace.name, k8s.pod.name, k8s.pod.uid, k8s.deployment.name, k8s.node.name]
      labels:
        - { tag_name: service.namespace, key: app.kubernetes.io/part-of, from: pod }
    pod_association:
      - sources: [{ from: connection }]
  batch: {}
exporters:
  {{- $gateway := printf "%s.%s.svc" (include "observability.name" (list . "collector-gateway")) .Release.Namespace }}
  {{- $isOne := eq (int .Values.collector.gateway.replicas) 1 }}
  {{- if $isOne }}
  otlp_grpc/gateway:
    endpoint: {{ $gateway }}:4317
    tls: { insecure: true }
  {{- else }}
  load_balancing:
    routing_key: traceID
    # Its own retries and queue, not those to one gateway: what one that is gone did not take goes to another.
    protocol:
      otlp:
        timeout: 5s
        tls: { insecure: true }
        retry_on_failure: { enabled: false }
        sending_queue: { enabled: false }
    resolver:
      dns: { hostname: {{ $gateway }}, port: "4317" }
  {{- end }}
    retry_on_failure: { enabled: true, max_elapsed_time: 2m }
    sending_queue: { enabled: true, queue_size: 1000 }
service:
  pipelines:
    traces:
      receivers: [otlp]
      processors: [memory_limiter, k8s_attributes, batch]
      exporters: [{{ ternary "otlp_grpc/gateway" "load_balancing" $isOne }}]
{{- end -}}

{{- define "observability.collectorGatewayConfig" -}}
{{- $sampling := .Values.collector.tailSampling -}}
processors:
  tail_sampling:
    decision_wait: {{ $sampling.decisionWait }}
    # In memory at a time; with more of them the oldest are decided on earlier.
    num_traces: 20000
    # Spans that come after the decision, such as those of consumers, share it.
    decision_cache: { sampled_cache_size: 100000, non_sampled_cache_size: 100000 }
    policies:
      - { name: errors, type: status_code, status_code: { status_codes: [ERROR] } }
      - { name: slow, type: latency, latency: { threshold_ms: {{ $sampling.slowerThanMs }} } }
      - { name: share, type: probabilistic, probabilistic: { sampling_percentage: {{ $sampling.percentage }} } }
  batch: {}
  # Series of all pods of a service are one, so they tell of none of them: what does is taken away.
  resource/span_metrics: { attributes: [{ pattern: ".*", action: delete }] }
  attributes/span_metrics: { actions: [{ key: collector.instance.id, action: delete }] }
connectors:
  # Of all spans, before any is dropped. What is over the limit is counted as one series with otel_metric_overflow.
  span_metrics:
    histogram: { unit: s, explicit: { buckets: [5ms, 10ms, 25ms, 50ms, 100ms, 250ms, 500ms, 1s, 2500ms, 5s, 10s] } }
    exemplars: { enabled: true }
    # Exemplars are there until the next flush: each is read once.
    metrics_flush_interval: {{ .Values.prometheus.scrapeInterval }}
    aggregation_cardinality_limit: 2000
    resource_metrics_key_attributes: [service.name]
exporters:
  otlp_grpc/jaeger:
    endpoint: {{ include "observability.jaegerOtlp" . }}
    tls: { insecure: true }
    retry_on_failure: { enabled: true, max_elapsed_time: 5m }
    sending_queue: { enabled: true, queue_size: 2000 }
  prometheus: { endpoint: "0.0.0.0:8889", enable_open_metrics: true, without_scope_info: true, metric_expiration: 10m }
service:
  pipelines:
    traces/counted:
      receivers: [otlp]
      processors: [memory_limiter]
      exporters: [span_metrics]
    traces/kept:
      receivers: [otlp]
      processors: [memory_limiter, tail_sampling, batch]
      exporters: [otlp_grpc/jaeger]
    metrics:
      receivers: [span_metrics]
      processors: [resource/span_metrics, attributes/span_metrics, batch]
      exporters: [prometheus]
{{- end -}}

{{/* list $ "collector-agent" "<name of the template with its configuration>" */}}
{{- define "observability.collectorConfig" -}}
{{- $root := index . 0 -}}
{{- mergeOverwrite (include "observability.collectorBase" $root | fromYaml) (include (index . 2) $root | fromYaml) | toYaml -}}
{{- end -}}

{{- define "observability.collectorConfigMap" -}}
apiVersion: v1
kind: ConfigMap
metadata: {{- include "observability.metadata" . | nindent 2 }}
data:
  config.yaml: |
    {{- include "observability.collectorConfig" . | nindent 4 }}
{{- end -}}

{{/* The one container: list $ "collector-agent" and its section. */}}
{{- define "observability.collectorContainer" -}}
{{- $root := index . 0 -}}
name: collector
image: {{ include "observability.image" $root.Values.collector.image }}
imagePullPolicy: IfNotPresent
args: [--config=/etc/otelcol/config.yaml]
ports:
  - { name: otlp-grpc, containerPort: 4317 }
  - { name: otlp-http, containerPort: 4318 }
  - { name: metrics, containerPort: 8888 }
  {{- if eq (index . 1) "collector-gateway" }}
  - { name: span-metrics, containerPort: 8889 }
  {{- end }}
  - { name: admin, containerPort: 13133 }
startupProbe: { httpGet: { path: /, port: admin }, periodSeconds: 1, failureThreshold: 60 }
readinessProbe: { httpGet: { path: /, port: admin }, periodSeconds: 5 }
livenessProbe: { httpGet: { path: /, port: admin }, periodSeconds: 10, failureThreshold: 6 }
securityContext: {{- include "observability.containerSecurity" $root | nindent 2 }}
resources: {{- toYaml (index . 2).resources | nindent 2 }}
volumeMounts:
  - { name: config, mountPath: /etc/otelcol, readOnly: true }
{{- end -}}

{{- define "observability.collectorAgent" -}}
{{- $part := list . "collector-agent" -}}
{{- $config := append $part "observability.collectorAgentConfig" -}}
{{- include "observability.document" (list "observability.serviceaccount" $part) -}}
{{- include "observability.document" (list "observability.collectorRole" .) -}}
{{- include "observability.document" (list "observability.collectorConfigMap" $config) -}}
{{- include "observability.document" (list "observability.collectorService" .) -}}
{{- include "observability.document" (list "observability.networkpolicy" (include "observability.collectorAgentNetwork" . | fromYaml | merge (dict "root" . "name" "collector-agent"))) }}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {{- include "observability.metadata" $part | nindent 2 }}
spec:
  # The next one takes over before the last one ends: a node is never without.
  updateStrategy: { type: RollingUpdate, rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } }
  selector:
    matchLabels: {{- include "observability.selector" $part | nindent 6 }}
  template:
    metadata:
      labels: {{- include "observability.podLabels" $part | nindent 8 }}
      annotations:
        checksum/config: {{ include "observability.collectorConfig" $config | sha256sum }}
    spec:
      {{- include "observability.pod" (dict "root" . "name" "collector-agent" "user" 10001 "token" true "tolerations" .Values.collector.agent.tolerations) | nindent 6 }}
      containers:
        - {{- include "observability.collectorContainer" (append $part .Values.collector.agent) | nindent 10 }}
          env:
            - name: K8S_NODE_NAME
              valueFrom: { fieldRef: { fieldPath: spec.nodeName } }
      volumes:
        - name: config
          configMap: { name: {{ include "observability.name" $part }} }
{{- end -}}

{{- define "observability.collectorRole" -}}
{{- $namespace := include "observability.graphNamespace" . -}}
{{- $name := include "observability.name" (list . "collector-agent") -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: {{ $name }}
  namespace: {{ $namespace }}
  labels: {{- include "observability.labels" (list . "collector-agent") | nindent 4 }}
rules:
  - { apiGroups: [""], resources: [pods], verbs: [get, watch, list] }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: {{ $name }}
  namespace: {{ $namespace }}
  labels: {{- include "observability.labels" (list . "collector-agent") | nindent 4 }}
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: {{ $name }} }
subjects:
  - { kind: ServiceAccount, name: {{ $name }}, namespace: {{ .Release.Namespace }} }
{{- end -}}

{{/* What services send to: always the agent of their own node, which knows them by their address. */}}
{{- define "observability.collectorService" -}}
apiVersion: v1
kind: Service
metadata: {{- include "observability.metadata" (list . "collector") | nindent 2 }}
spec:
  internalTrafficPolicy: Local
  selector: {{- include "observability.selector" (list . "collector-agent") | nindent 4 }}
  ports:
    - { name: grpc-otlp, port: 4317, targetPort: otlp-grpc, appProtocol: grpc }
    - { name: http-otlp, port: 4318, targetPort: otlp-http, appProtocol: http }
{{- end -}}

{{- define "observability.collectorAgentNetwork" -}}
ingress:
  - { from: [prometheus], port: metrics }
egress:
  - { to: [collector-gateway], port: 4317 }
api: true
ingressRules: |
  # Spans of the graph's services.
  - from:
      - namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: {{ include "observability.graphNamespace" . }} } }
        podSelector:
          matchLabels: { app.kubernetes.io/part-of: {{ .Values.graph }} }
          matchExpressions: [{ key: app.kubernetes.io/component, operator: In, values: [gateway, subgraph] }]
      {{- with .Values.collector.from }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
    ports: [{ port: otlp-grpc, protocol: TCP }, { port: otlp-http, protocol: TCP }]
{{- end -}}

{{- define "observability.collectorGateway" -}}
{{- $part := list . "collector-gateway" -}}
{{- $config := append $part "observability.collectorGatewayConfig" -}}
{{- include "observability.document" (list "observability.serviceaccount" $part) -}}
{{- include "observability.document" (list "observability.collectorConfigMap" $config) -}}
{{- include "observability.document" (list "observability.collectorGatewayService" .) -}}
{{- include "observability.document" (list "observability.networkpolicy" (include "observability.collectorGatewayNetwork" . | fromYaml | merge (dict "root" . "name" "collector-gateway"))) -}}
{{- if gt (int .Values.collector.gateway.replicas) 1 -}}
{{- include "observability.document" (list "observability.poddisruptionbudget" $part) -}}
{{- end }}
---
apiVersion: apps/v1
kind: Deployment
metadata: {{- include "observability.metadata" $part | nindent 2 }}
spec:
  replicas: {{ .Values.collector.gateway.replicas }}
  strategy: { type: RollingUpdate, rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } }
  selector:
    matchLabels: {{- include "observability.selector" $part | nindent 6 }}
  template:
    metadata:
      labels: {{- include "observability.podLabels" $part | nindent 8 }}
      annotations:
        checksum/config: {{ include "observability.collectorConfig" $config | sha256sum }}
    spec:
      {{- include "observability.pod" (dict "root" . "name" "collector-gateway" "user" 10001) | nindent 6 }}
      # At its end it decides on the traces that it holds, and hands on what is kept.
      terminationGracePeriodSeconds: 60
      {{- include "observability.spread" $part | nindent 6 }}
      containers:
        - {{- include "observability.collectorContainer" (append $part .Values.collector.gateway) | nindent 10 }}
      volumes:
        - name: config
          configMap: { name: {{ include "observability.name" $part }} }
{{- end -}}

{{/* Headless: agents choose among the addresses by trace. */}}
{{- define "observability.collectorGatewayService" -}}
apiVersion: v1
kind: Service
metadata: {{- include "observability.metadata" (list . "collector-gateway") | nindent 2 }}
spec:
  clusterIP: None
  selector: {{- include "observability.selector" (list . "collector-gateway") | nindent 4 }}
  ports:
    - { name: grpc-otlp, port: 4317, targetPort: otlp-grpc, appProtocol: grpc }
{{- end -}}

{{- define "observability.collectorGatewayNetwork" -}}
ingress:
  - { from: [collector-agent], port: otlp-grpc }
  - { from: [prometheus], port: metrics }
  - { from: [prometheus], port: span-metrics }
{{- if eq .Values.jaeger.mode "bundled" }}
egress:
  - { to: [jaeger], port: 4317 }
{{- else }}
egressRules: |
  - ports: [{ port: {{ .Values.jaeger.otlpEndpoint | splitList ":" | last }}, protocol: TCP }]
{{- end }}
{{- end -}}
