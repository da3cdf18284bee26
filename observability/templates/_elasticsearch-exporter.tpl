{{/* Metrics of the cluster's health, indices and snapshots. */}}
{{- define "observability.elasticsearchExporter" -}}
{{- $part := list . "elasticsearch-exporter" -}}
{{- $ca := include "observability.elasticsearchCaSecret" . -}}
{{- include "observability.serviceaccount" $part }}
---
{{ include "observability.networkpolicy" (dict "root" . "name" "elasticsearch-exporter" "ingress" (list (dict "from" (list "prometheus") "port" 9114)) "egressRules" (include "observability.elasticsearchEgress" .)) }}
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
      annotations: { prometheus.io/scrape: "true", prometheus.io/port: "9114", prometheus.io/path: /metrics }
    spec:
      {{- include "observability.pod" (dict "root" . "name" "elasticsearch-exporter" "user" 65534) | nindent 6 }}
      containers:
        - name: exporter
          image: {{ include "observability.image" .Values.elasticsearch.exporter.image }}
          imagePullPolicy: IfNotPresent
          args:
            - --es.uri={{ include "observability.elasticsearchUrl" . }}
            - --es.all
            - --es.indices
            - --es.shards
            - --collector.ilm
            {{- if .Values.elasticsearch.snapshots.enabled }}
            - --collector.snapshots
            {{- end }}
            {{- if $ca }}
            - --es.ca=/etc/elasticsearch-ca/ca.crt
            {{- end }}
            - --log.format=json
          env: {{- include "observability.elasticsearchUserEnv" (list . "monitor") | replace "ELASTICSEARCH_" "ES_" | nindent 12 }}
          ports:
            - { name: metrics, containerPort: 9114 }
          startupProbe: { httpGet: { path: /healthz, port: metrics }, periodSeconds: 1, failureThreshold: 60 }
          readinessProbe: { httpGet: { path: /healthz, port: metrics }, periodSeconds: 10 }
          livenessProbe: { httpGet: { path: /healthz, port: metrics }, periodSeconds: 10, failureThreshold: 6 }
          securityContext: {{- include "observability.containerSecurity" . | nindent 12 }}
          resources: {{- toYaml .Values.elasticsearch.exporter.resources | nindent 12 }}
          {{- with include "observability.elasticsearchCaMount" . }}
          volumeMounts: {{- . | nindent 12 }}
          {{- end }}
      {{- with include "observability.elasticsearchCaVolume" . }}
      volumes: {{- . | nindent 8 }}
      {{- end }}
{{- end -}}
