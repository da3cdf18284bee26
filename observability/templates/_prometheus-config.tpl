{{/* https://prometheus.io/docs/prometheus/latest/configuration/configuration/ */}}
{{- define "observability.prometheusConfig" -}}
{{- $graphNamespace := include "observability.graphNamespace" . -}}
global:
  scrape_interval: {{ .Values.prometheus.scrapeInterval }}
  evaluation_interval: 30s
  external_labels: { graph: {{ .Values.graph }} }
rule_files: [/etc/prometheus-rules/*.yaml]
{{- if .Values.alertmanager.enabled }}
alerting:
  alertmanagers:
    {{- if eq .Values.alertmanager.mode "existing" }}
    {{- $url := urlParse .Values.alertmanager.url }}
    - scheme: {{ $url.scheme }}
      path_prefix: {{ $url.path | default "/" }}
      static_configs: [{ targets: [{{ $url.host | quote }}] }]
    {{- else }}
    # Each of them: they agree among themselves on who notifies.
    - dns_sd_configs:
        - { names: [{{ include "observability.name" (list . "alertmanager") }}.{{ .Release.Namespace }}.svc], type: A, port: 9093, refresh_interval: 15s }
    {{- end }}
{{- end }}
scrape_configs:
  - job_name: services
    kubernetes_sd_configs:
      - role: pod
        namespaces: { names: [{{ $graphNamespace }}] }
        selectors:
          - { role: pod, label: "app.kubernetes.io/part-of={{ .Values.graph }},app.kubernetes.io/component in (gateway,subgraph)" }
    {{- if .Values.mesh }}
    # The admin port takes no plaintext: the sidecar's agent gives its metrics out with its own.
    metrics_path: /stats/prometheus
    {{- end }}
    relabel_configs:
      - { source_labels: [__meta_kubernetes_pod_container_port_name], regex: admin, action: keep }
      - { source_labels: [__meta_kubernetes_pod_phase], regex: Pending|Succeeded|Failed, action: drop }
      {{- if .Values.mesh }}
      - { source_labels: [__meta_kubernetes_pod_ip], regex: "(.+:.+)", target_label: __address__, replacement: "[$1]:15020" }
      - { source_labels: [__meta_kubernetes_pod_ip], regex: "([^:]+)", target_label: __address__, replacement: "$1:15020" }
      {{- end }}
      # As the monitors of the chart service have it.
      - { source_labels: [__meta_kubernetes_pod_label_app_kubernetes_io_name], target_label: job }
      {{- include "observability.podRelabelings" . | nindent 6 }}
      - { source_labels: [__meta_kubernetes_pod_label_app_kubernetes_io_name], target_label: app_kubernetes_io_name }
      - { source_labels: [__meta_kubernetes_pod_label_app_kubernetes_io_part_of], target_label: app_kubernetes_io_part_of }
      - { source_labels: [__meta_kubernetes_pod_label_version], target_label: version }

  - job_name: observability
    kubernetes_sd_configs:
      - role: pod
        namespaces: { names: [{{ .Release.Namespace }}] }
        selectors:
          - { role: pod, label: "app.kubernetes.io/part-of={{ .Values.graph }},app.kubernetes.io/component=observability" }
    relabel_configs:
      - { source_labels: [__meta_kubernetes_pod_container_port_name], regex: metrics|span-metrics|web, action: keep }
      - { source_labels: [__meta_kubernetes_pod_phase], regex: Pending|Succeeded|Failed, action: drop }
      - { source_labels: [__meta_kubernetes_pod_label_app_kubernetes_io_name], target_label: job }
      {{- include "observability.podRelabelings" . | nindent 6 }}
  {{- if .Values.prometheus.nodeMetrics }}

  {{- range $job := list "cadvisor" "kubelet" }}

  - job_name: {{ $job }}
    kubernetes_sd_configs: [{ role: node }]
    scheme: https
    metrics_path: {{ ternary "/metrics/cadvisor" "/metrics" (eq $job "cadvisor") }}
    # Kubelets' certificates are their own on most clusters.
    tls_config: { ca_file: /var/run/secrets/kubernetes.io/serviceaccount/ca.crt, insecure_skip_verify: true }
    authorization: { credentials_file: /var/run/secrets/kubernetes.io/serviceaccount/token }
    metric_relabel_configs:
      # Of these namespaces alone: a node has pods of others too.
      - { source_labels: [namespace], regex: {{ include "observability.namespaces" $ | quote }}, action: keep }
      - source_labels: [__name__]
        regex: container_cpu_(usage_seconds|cfs_periods|cfs_throttled_periods)_total|container_memory_working_set_bytes|kubelet_volume_stats_(available|capacity)_bytes
        action: keep
  {{- end }}
  {{- end }}
  {{- range $name, $target := .Values.prometheus.extraTargets }}

  - job_name: {{ $name }}
    # Its own labels, such as the namespace of the pod that a series tells of, go over those of the target.
    honor_labels: true
    static_configs: [{ targets: [{{ $target | quote }}] }]
    metric_relabel_configs:
      # Of these namespaces, and of what is in none: kube-state-metrics tells of the whole cluster.
      - { source_labels: [namespace], regex: {{ printf "|%s" (include "observability.namespaces" $) | quote }}, action: keep }
  {{- end }}
{{- end -}}

{{- define "observability.podRelabelings" -}}
- { source_labels: [__meta_kubernetes_namespace], target_label: namespace }
- { source_labels: [__meta_kubernetes_pod_name], target_label: pod }
- { source_labels: [__meta_kubernetes_pod_container_name], target_label: container }
- { source_labels: [__meta_kubernetes_pod_node_name], target_label: node }
{{- end -}}
