{{- define "observability.fluentdFiles" -}}
{{- list "fluent.conf" "containers.conf" "documents.conf" "elasticsearch.conf" "metrics.conf" "filter_log_line.rb" "log_line.rb" | toJson -}}
{{- end -}}

{{- define "observability.fluentd" -}}
{{- if .Values.fluentd.enabled -}}
{{- $part := list . "fluentd" -}}
{{- $config := dict -}}
{{- range include "observability.fluentdFiles" . | fromJsonArray }}{{ $_ := set $config . ($.Files.Get (printf "files/fluentd/%s" .)) }}{{ end -}}
{{- $ca := include "observability.elasticsearchCaSecret" . -}}
{{- $state := printf "/var/lib/%s-%s-fluentd" .Release.Namespace .Values.graph -}}
{{ include "observability.serviceaccount" $part }}
---
# It names the pod of each line; a node has lines of pods of every namespace.
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: {{ .Release.Namespace }}-{{ include "observability.name" $part }}
  labels: {{- include "observability.labels" $part | nindent 4 }}
rules:
  - apiGroups: [""]
    resources: [pods, namespaces]
    verbs: [get, list, watch]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: {{ .Release.Namespace }}-{{ include "observability.name" $part }}
  labels: {{- include "observability.labels" $part | nindent 4 }}
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: {{ .Release.Namespace }}-{{ include "observability.name" $part }} }
subjects:
  - { kind: ServiceAccount, name: {{ include "observability.name" $part }}, namespace: {{ .Release.Namespace }} }
---
{{ include "observability.networkpolicy" (dict "root" . "name" "fluentd" "api" true "ingress" (list (dict "from" (list "prometheus") "port" 24231)) "egressRules" (include "observability.elasticsearchEgress" .)) }}
---
apiVersion: v1
kind: ConfigMap
metadata: {{- include "observability.metadata" $part | nindent 2 }}
data: {{- toYaml $config | nindent 2 }}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {{- include "observability.metadata" $part | nindent 2 }}
spec:
  selector:
    matchLabels: {{- include "observability.selector" $part | nindent 6 }}
  updateStrategy:
    type: RollingUpdate
    rollingUpdate: { maxUnavailable: 1 }
  template:
    metadata:
      labels: {{- include "observability.podLabels" $part | nindent 8 }}
      annotations:
        checksum/config: {{ toJson $config | sha256sum }}
        prometheus.io/scrape: "true"
        prometheus.io/port: "24231"
        prometheus.io/path: /metrics
    spec:
      serviceAccountName: {{ include "observability.name" $part }}
      automountServiceAccountToken: true
      enableServiceLinks: false
      # The container runtime's files belong to root, and nobody else reads them. It is root without any capability.
      securityContext:
        runAsUser: 0
        runAsGroup: 0
        seccompProfile: { type: RuntimeDefault }
      # What it has read is written to the buffer, on the node's disk.
      terminationGracePeriodSeconds: 60
      {{- with .Values.pullSecrets }}
      imagePullSecrets: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .Values.fluentd.tolerations }}
      tolerations: {{- toYaml . | nindent 8 }}
      {{- end }}
      containers:
        - name: fluentd
          image: {{ include "observability.image" .Values.fluentd.image }}
          imagePullPolicy: IfNotPresent
          # Without the image's own script, which would have it read another configuration.
          command: [tini, --, fluentd]
          args: [--config, /etc/fluentd/fluent.conf, --plugin, /etc/fluentd]
          env:
            - name: K8S_NODE_NAME
              valueFrom: { fieldRef: { fieldPath: spec.nodeName } }
            - { name: FLUENTD_STATE, value: /var/lib/fluentd }
            - { name: BUFFER_SIZE, value: {{ .Values.fluentd.buffer.size | quote }} }
            - { name: RETRY_TIMEOUT, value: {{ .Values.fluentd.buffer.retryTimeout | quote }} }
            - { name: ELASTICSEARCH_URL, value: {{ include "observability.elasticsearchUrl" . | quote }} }
            {{- include "observability.elasticsearchUserEnv" (list . "writer") | nindent 12 }}
            {{- if $ca }}
            - { name: ELASTICSEARCH_CA, value: /etc/elasticsearch-ca/ca.crt }
            {{- end }}
            - { name: LOG_STREAM, value: {{ include "observability.logStream" (list . "") | quote }} }
            - { name: REJECTED_STREAM, value: {{ include "observability.logStream" (list . ".rejected") | quote }} }
          ports:
            - { name: metrics, containerPort: 24231 }
          startupProbe: { httpGet: { path: /metrics, port: metrics }, periodSeconds: 2, failureThreshold: 60 }
          readinessProbe: { httpGet: { path: /metrics, port: metrics }, periodSeconds: 10, timeoutSeconds: 5 }
          livenessProbe: { httpGet: { path: /metrics, port: metrics }, periodSeconds: 20, timeoutSeconds: 10, failureThreshold: 6 }
          securityContext: {{- include "observability.containerSecurity" . | nindent 12 }}
          resources: {{- toYaml .Values.fluentd.resources | nindent 12 }}
          volumeMounts:
            - { name: config, mountPath: /etc/fluentd, readOnly: true }
            - { name: tmp, mountPath: /tmp }
            - { name: state, mountPath: /var/lib/fluentd }
            - { name: containers, mountPath: /var/log/containers, readOnly: true }
            - { name: pods, mountPath: /var/log/pods, readOnly: true }
            {{- with include "observability.elasticsearchCaMount" . }}
            {{- . | nindent 12 }}
            {{- end }}
      volumes:
        - name: config
          configMap: { name: {{ include "observability.name" $part }} }
        - { name: tmp, emptyDir: { sizeLimit: 64Mi } }
        # Positions, buffer and dead letters outlive the pod.
        - { name: state, hostPath: { path: {{ $state }}, type: DirectoryOrCreate } }
        - { name: containers, hostPath: { path: /var/log/containers, type: DirectoryOrCreate } }
        - { name: pods, hostPath: { path: /var/log/pods, type: DirectoryOrCreate } }
        {{- with include "observability.elasticsearchCaVolume" . }}
        {{- . | nindent 8 }}
        {{- end }}
{{- end -}}
{{- end -}}
