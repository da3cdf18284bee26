{{/* Where it is asked. */}}
{{- define "observability.prometheusUrl" -}}
{{- if eq .Values.prometheus.mode "existing" -}}
{{ .Values.prometheus.url }}
{{- else -}}
http://{{ include "observability.name" (list . "prometheus") }}.{{ .Release.Namespace }}.svc:9090
{{- end -}}
{{- end -}}

{{- define "observability.prometheus" -}}
{{- if .Values.prometheus.enabled -}}
{{- if eq .Values.prometheus.mode "existing" -}}
{{- include "observability.prometheusObjects" . -}}
{{- else -}}
{{- $part := list . "prometheus" -}}
{{- include "observability.document" (list "observability.serviceaccount" $part) -}}
{{- include "observability.document" (list "observability.prometheusRoles" .) -}}
{{- include "observability.document" (list "observability.prometheusConfigMaps" .) -}}
{{- include "observability.document" (list "observability.prometheusService" .) -}}
{{- include "observability.document" (list "observability.networkpolicy" (include "observability.prometheusNetwork" . | fromYaml | merge (dict "root" . "name" "prometheus"))) -}}
{{- include "observability.document" (list "observability.prometheusStatefulSet" .) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "observability.prometheusStatefulSet" -}}
{{- $part := list . "prometheus" -}}
apiVersion: apps/v1
kind: StatefulSet
metadata: {{- include "observability.metadata" $part | nindent 2 }}
spec:
  replicas: 1
  serviceName: {{ include "observability.name" $part }}
  selector:
    matchLabels: {{- include "observability.selector" $part | nindent 6 }}
  template:
    metadata:
      labels: {{- include "observability.podLabels" $part | nindent 8 }}
    spec:
      {{- include "observability.pod" (dict "root" . "name" "prometheus" "user" 65534 "token" true) | nindent 6 }}
      # It writes what it holds in memory.
      terminationGracePeriodSeconds: 300
      containers:
        - name: prometheus
          image: {{ include "observability.image" .Values.prometheus.image }}
          imagePullPolicy: IfNotPresent
          args:
            - --config.file=/etc/prometheus/prometheus.yaml
            - --storage.tsdb.path=/prometheus
            - --storage.tsdb.retention.time={{ .Values.prometheus.retention }}
            - --storage.tsdb.retention.size={{ .Values.prometheus.retentionSize }}
            # Exemplars lead from a metric to a trace; changed rules are taken up without a restart.
            - --enable-feature=exemplar-storage,auto-reload-config
          ports:
            - { name: web, containerPort: 9090 }
          # It reads its write-ahead log first.
          startupProbe: { httpGet: { path: /-/ready, port: web }, periodSeconds: 2, failureThreshold: 450 }
          readinessProbe: { httpGet: { path: /-/ready, port: web }, periodSeconds: 5 }
          livenessProbe: { httpGet: { path: /-/healthy, port: web }, periodSeconds: 10, failureThreshold: 6 }
          securityContext: {{- include "observability.containerSecurity" . | nindent 12 }}
          resources: {{- toYaml .Values.prometheus.resources | nindent 12 }}
          volumeMounts:
            - { name: config, mountPath: /etc/prometheus, readOnly: true }
            - { name: rules, mountPath: /etc/prometheus-rules, readOnly: true }
            - { name: data, mountPath: /prometheus }
      volumes:
        - name: config
          configMap: { name: {{ include "observability.name" $part }} }
        - name: rules
          configMap: { name: {{ include "observability.name" $part }}-rules }
        {{- include "observability.dataVolume" .Values.prometheus.persistence | nindent 8 }}
  {{- include "observability.claims" .Values.prometheus.persistence | nindent 2 }}
{{- end -}}

{{- define "observability.prometheusConfigMaps" -}}
apiVersion: v1
kind: ConfigMap
metadata: {{- include "observability.metadata" (list . "prometheus") | nindent 2 }}
data:
  prometheus.yaml: |
    {{- include "observability.prometheusConfig" . | nindent 4 }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ include "observability.name" (list . "prometheus") }}-rules
  namespace: {{ .Release.Namespace }}
  labels: {{- include "observability.labels" (list . "prometheus") | nindent 4 }}
data:
  {{- range $path, $_ := .Files.Glob "files/prometheus/*.yaml" }}
  {{ base $path }}: |
    {{- include "observability.ruleFile" (list $ $path) | nindent 4 }}
  {{- end }}
{{- end -}}

{{/* Namespaces whose pods are watched: the graph's, this release's, and that of the mesh's ingress, as a regular expression. */}}
{{- define "observability.namespaces" -}}
{{ list (include "observability.graphNamespace" .) .Release.Namespace .Values.ingressNamespace | compact | uniq | join "|" }}
{{- end -}}

{{/* A file of rules, of these namespaces alone (HERE of charts/rules), and of what is in none: list $ "<path>". */}}
{{- define "observability.ruleFile" -}}
{{- $here := printf "namespace=~\"|%s\"" (include "observability.namespaces" (index . 0)) -}}
{{ (index . 0).Files.Get (index . 1) | replace "namespace=~\".*\"" $here }}
{{- end -}}

{{- define "observability.prometheusService" -}}
apiVersion: v1
kind: Service
metadata: {{- include "observability.metadata" (list . "prometheus") | nindent 2 }}
spec:
  selector: {{- include "observability.selector" (list . "prometheus") | nindent 4 }}
  ports:
    - { name: http-web, port: 9090, targetPort: web, appProtocol: http }
{{- end -}}

{{/* Pods of the graph's namespace and its own; with nodeMetrics also what kubelets tell of containers. */}}
{{- define "observability.prometheusRoles" -}}
{{- $name := include "observability.name" (list . "prometheus") -}}
{{- $labels := include "observability.labels" (list . "prometheus") -}}
{{- $subjects := list (dict "kind" "ServiceAccount" "name" $name "namespace" .Release.Namespace) | toJson -}}
{{- range $namespace := list (include "observability.graphNamespace" .) .Release.Namespace | uniq }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: {{ $name }}
  namespace: {{ $namespace }}
  labels: {{- $labels | nindent 4 }}
rules:
  - { apiGroups: [""], resources: [pods], verbs: [get, list, watch] }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: {{ $name }}
  namespace: {{ $namespace }}
  labels: {{- $labels | nindent 4 }}
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: {{ $name }} }
subjects: {{ $subjects }}
{{- end }}
{{- if .Values.prometheus.nodeMetrics }}
{{- $cluster := printf "%s-%s" $name .Release.Namespace }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: {{ $cluster }}
  labels: {{- $labels | nindent 4 }}
rules:
  - { apiGroups: [""], resources: [nodes], verbs: [get, list, watch] }
  - { apiGroups: [""], resources: [nodes/metrics], verbs: [get] }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: {{ $cluster }}
  labels: {{- $labels | nindent 4 }}
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: {{ $cluster }} }
subjects: {{ $subjects }}
{{- end }}
{{- end -}}

{{- define "observability.prometheusNetwork" -}}
{{- $egress := list -}}
{{- range $component, $ports := include "observability.metricsPorts" . | fromYaml -}}
  {{- range $ports }}{{ $egress = append $egress (dict "to" (list $component) "port" .) }}{{ end -}}
{{- end -}}
api: true
ingress:
  - { from: [grafana], port: web }
{{- with .Values.prometheus.from }}
ingressRules: |
  - from: {{- toYaml . | nindent 6 }}
    ports: [{ port: web, protocol: TCP }]
{{- end }}
egress: {{ toJson $egress }}
egressRules: |
  # Metrics of the graph's services; in the mesh the sidecar's agent gives them out.
  - to:
      - namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: {{ include "observability.graphNamespace" . }} } }
        podSelector:
          matchLabels: { app.kubernetes.io/part-of: {{ .Values.graph }} }
          matchExpressions: [{ key: app.kubernetes.io/component, operator: In, values: [gateway, subgraph] }]
    ports: [{ port: {{ ternary 15020 9400 .Values.mesh }}, protocol: TCP }]
  {{- if .Values.prometheus.nodeMetrics }}
  # Kubelets.
  - ports: [{ port: 10250, protocol: TCP }]
  {{- end }}
  {{- range values .Values.prometheus.extraTargets }}
  - ports: [{ port: {{ splitList ":" . | last }}, protocol: TCP }]
  {{- end }}
  {{- if and .Values.alertmanager.enabled (eq .Values.alertmanager.mode "existing") }}
  - ports: [{ port: {{ include "observability.portOf" .Values.alertmanager.url }}, protocol: TCP }]
  {{- end }}
{{- end -}}

{{/*
Ports of this chart's components that have metrics: what their containers call metrics, span-metrics and web is read. Their
NetworkPolicies let Prometheus in.
*/}}
{{- define "observability.metricsPorts" -}}
{{- with .Values }}
{{- if and .collector.enabled (eq .collector.mode "bundled") }}
collector-agent: [8888]
collector-gateway: [8888, 8889]
{{- end }}
{{- if and .jaeger.enabled (eq .jaeger.mode "bundled") }}
jaeger: [8888]
{{- end }}
{{- if and .alertmanager.enabled (eq .alertmanager.mode "bundled") }}
alertmanager: [9093]
{{- end }}
{{- if and .grafana.enabled (eq .grafana.mode "bundled") }}
grafana: [3000]
{{- end }}
{{- if .fluentd.enabled }}
fluentd: [24231]
{{- end }}
{{- if and .elasticsearch.enabled (ne .elasticsearch.mode "existing") }}
elasticsearch-exporter: [9114]
{{- end }}
{{- end }}
{{- end -}}

{{/* For a Prometheus Operator: the same rules, and monitors of this chart's components. */}}
{{- define "observability.prometheusObjects" -}}
{{- range $path, $_ := .Files.Glob "files/prometheus/*.yaml" }}
---
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: {{ $.Values.graph }}-{{ base $path | trimSuffix ".yaml" }}
  namespace: {{ $.Release.Namespace }}
  labels:
    {{- include "observability.labels" (list $ "prometheus") | nindent 4 }}
    {{- with $.Values.prometheus.labels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  groups: {{- (include "observability.ruleFile" (list $ $path) | fromYaml).groups | toYaml | nindent 4 }}
{{- end }}
---
apiVersion: monitoring.coreos.com/v1
kind: PodMonitor
metadata:
  {{- include "observability.metadata" (list . "observability") | nindent 2 }}
    {{- with .Values.prometheus.labels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  jobLabel: app.kubernetes.io/name
  selector:
    matchLabels: { app.kubernetes.io/part-of: {{ .Values.graph }}, app.kubernetes.io/component: observability }
  podMetricsEndpoints:
    {{- range list "metrics" "span-metrics" "web" }}
    - { port: {{ . }}, interval: {{ $.Values.prometheus.scrapeInterval }} }
    {{- end }}
{{- end -}}
