{{/* Where Elasticsearch is asked, by whatever asks it: https://host:9200. */}}
{{- define "observability.elasticsearchUrl" -}}
{{- if eq .Values.elasticsearch.mode "existing" -}}
{{ .Values.elasticsearch.url | trimSuffix "/" }}
{{- else if eq .Values.elasticsearch.mode "eck" -}}
https://{{ include "observability.name" (list . "elasticsearch") }}-es-http.{{ .Release.Namespace }}.svc:9200
{{- else -}}
http://{{ include "observability.name" (list . "elasticsearch") }}.{{ .Release.Namespace }}.svc:9200
{{- end -}}
{{- end -}}

{{/* The Secret with the keys `username` and `password` of who may do everything there. */}}
{{- define "observability.elasticsearchSecret" -}}
{{- if eq .Values.elasticsearch.mode "existing" -}}
{{ .Values.elasticsearch.existingSecret }}
{{- else -}}
{{ include "observability.name" (list . "elasticsearch") }}
{{- end -}}
{{- end -}}

{{/* The Secret whose `ca.crt` has signed Elasticsearch's certificate, or nothing where a public authority has, or none. */}}
{{- define "observability.elasticsearchCaSecret" -}}
{{- if eq .Values.elasticsearch.mode "existing" -}}
{{ .Values.elasticsearch.caSecret }}
{{- else if eq .Values.elasticsearch.mode "eck" -}}
{{ include "observability.name" (list . "elasticsearch") }}-es-http-certs-public
{{- end -}}
{{- end -}}

{{/* An egress rule of a NetworkPolicy that lets a component ask Elasticsearch. */}}
{{- define "observability.elasticsearchEgress" -}}
{{- if eq .Values.elasticsearch.mode "bundled" -}}
- to:
    - {{ include "observability.peer" (list . "elasticsearch") }}
  ports: [{ port: 9200, protocol: TCP }]
{{- else if eq .Values.elasticsearch.mode "eck" -}}
- to:
    - podSelector: { matchLabels: { elasticsearch.k8s.elastic.co/cluster-name: {{ include "observability.name" (list . "elasticsearch") }} } }
  ports: [{ port: 9200, protocol: TCP }]
{{- else -}}
- to: {{ toJson .Values.elasticsearch.to }}
  ports: [{ port: {{ include "observability.portOf" .Values.elasticsearch.url }}, protocol: TCP }]
{{- end -}}
{{- end -}}

{{/* The port of an http(s) URL. */}}
{{- define "observability.portOf" -}}
{{- $url := urlParse . -}}
{{- $port := regexFind ":[0-9]+$" $url.host | trimPrefix ":" -}}
{{- $port | default (ternary "443" "80" (eq $url.scheme "https")) -}}
{{- end -}}

{{/*
Who somebody is at Elasticsearch, as environment variables: list $ "<who>". writer adds lines, reader reads them, monitor
reads the cluster's state, traces keeps Jaeger's indices: each a user with no further rights. admin may do everything. Where
users are somebody else's affair (mode existing), all of them are the one of the Secret.
*/}}
{{- define "observability.elasticsearchUserEnv" -}}
{{- $root := index . 0 -}}
{{- $secret := include "observability.elasticsearchSecret" $root -}}
{{- $own := and (ne (index . 1) "admin") (ne $root.Values.elasticsearch.mode "existing") -}}
- name: ELASTICSEARCH_USERNAME
  {{- if $own }}
  value: {{ $root.Values.graph }}_{{ index . 1 }}
  {{- else }}
  valueFrom: { secretKeyRef: { name: {{ $secret }}, key: username } }
  {{- end }}
- name: ELASTICSEARCH_PASSWORD
  valueFrom: { secretKeyRef: { name: {{ $secret }}, key: {{ if $own }}{{ index . 1 }}-{{ end }}password } }
{{- end -}}

{{- define "observability.elasticsearchCaMount" -}}
{{- if include "observability.elasticsearchCaSecret" . -}}
- { name: elasticsearch-ca, mountPath: /etc/elasticsearch-ca, readOnly: true }
{{- end -}}
{{- end -}}

{{- define "observability.elasticsearchCaVolume" -}}
{{- with include "observability.elasticsearchCaSecret" . -}}
- name: elasticsearch-ca
  secret: { secretName: {{ . }}, items: [{ key: ca.crt, path: ca.crt }] }
{{- end -}}
{{- end -}}

{{/* The data streams of lines, and of lines that were rejected: list $ "" and list $ ".rejected". */}}
{{- define "observability.logStream" -}}
{{- with index . 0 -}}
logs-{{ .Values.graph | replace "-" "_" }}{{ index $ 1 }}-{{ .Values.elasticsearch.environment }}
{{- end -}}
{{- end -}}

{{- define "observability.loggingChecks" -}}
{{- with .Values.elasticsearch -}}
  {{- if and .enabled (eq .mode "existing") -}}
    {{- if not .url }}{{ fail "elasticsearch.url: with elasticsearch.mode existing it has to say where Elasticsearch is, as https://host:9200" }}{{ end -}}
    {{- if not .existingSecret }}{{ fail "elasticsearch.existingSecret: with elasticsearch.mode existing it has to name a Secret with the keys username and password" }}{{ end -}}
  {{- end -}}
  {{- if and .enabled (eq .mode "bundled") (gt (int .replicas) 1) -}}
    {{- fail "elasticsearch.replicas: the bundled Elasticsearch is one node, for evaluation: set elasticsearch.mode to eck or existing for more" -}}
  {{- end -}}
  {{- if .enabled -}}
    {{- $retention := index .retention .environment | default dict -}}
    {{- range list "rolloverAge" "rolloverSize" "deleteAfter" -}}
      {{- if not (index $retention .) }}{{ fail (printf "elasticsearch.retention.%s.%s: expected how long lines of the environment %s are kept" $.Values.elasticsearch.environment . $.Values.elasticsearch.environment) }}{{ end -}}
    {{- end -}}
    {{- if and .snapshots.enabled (not .snapshots.repository) }}{{ fail "elasticsearch.snapshots.repository: expected the name of the repository for snapshots" }}{{ end -}}
    {{- if and .snapshots.enabled (eq .mode "bundled") }}{{ fail "elasticsearch.snapshots.enabled: the bundled Elasticsearch reaches no repository, and has no key to one: set elasticsearch.mode to eck or existing, or snapshots.enabled to false" }}{{ end -}}
    {{- if and .snapshots.enabled (eq .mode "eck") (eq .snapshots.type "fs") }}{{ fail "elasticsearch.snapshots.type is fs, and ECK's nodes share no folder: expected s3, gcs or azure" }}{{ end -}}
  {{- end -}}
{{- end -}}
{{- if and .Values.fluentd.enabled (not .Values.elasticsearch.enabled) -}}
  {{- fail "fluentd.enabled: Fluentd hands lines to Elasticsearch: set elasticsearch.enabled, with elasticsearch.mode existing for one that is there, or fluentd.enabled to false" -}}
{{- end -}}
{{- with .Values.kibana -}}
  {{- if and .enabled (not $.Values.elasticsearch.enabled) -}}
    {{- fail "kibana.enabled: Kibana shows what Elasticsearch has: set elasticsearch.enabled, or kibana.enabled to false" -}}
  {{- end -}}
  {{- if and .enabled (eq .mode "existing") (not .url) -}}
    {{- fail "kibana.url: with kibana.mode existing it has to say where Kibana is, as https://host:5601" -}}
  {{- end -}}
  {{- if and .enabled (eq .mode "bundled") (eq $.Values.elasticsearch.mode "existing") (not .existingSecret) -}}
    {{- fail "kibana.existingSecret: with elasticsearch.mode existing it has to name a Secret with the keys username and password of kibana_system, or set kibana.mode to existing" -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- define "observability.elasticsearch" -}}
{{- if .Values.elasticsearch.enabled -}}
{{- if ne .Values.elasticsearch.mode "existing" }}
{{ include "observability.elasticsearchUsers" . }}
---
{{- end }}
{{- if eq .Values.elasticsearch.mode "bundled" }}
{{ include "observability.elasticsearchNode" . }}
---
{{- else if eq .Values.elasticsearch.mode "eck" }}
{{ include "observability.elasticsearchCluster" . }}
---
{{- end }}
{{ include "observability.elasticsearchSetup" . }}
---
{{ include "observability.elasticsearchExporter" . }}
{{- end -}}
{{- end -}}

{{/* Made once and kept: who may do everything, users with few rights (observability.elasticsearchUserEnv), Kibana itself. */}}
{{- define "observability.elasticsearchUsers" -}}
{{- $name := include "observability.elasticsearchSecret" . -}}
apiVersion: v1
kind: Secret
metadata:
  {{- include "observability.metadata" (list . "elasticsearch") | nindent 2 }}
  annotations: { helm.sh/resource-policy: keep }
type: Opaque
data:
  # `elastic` is there in a new cluster. ECK has its own idea of that one's password, and makes users of such a Secret.
  username: {{ ternary .Values.graph "elastic" (eq .Values.elasticsearch.mode "eck") | b64enc }}
  {{- if eq .Values.elasticsearch.mode "eck" }}
  roles: {{ "superuser" | b64enc }}
  {{- end }}
  {{- range list "password" "writer-password" "reader-password" "monitor-password" "traces-password" "kibana-password" }}
  {{ . }}: {{ include "observability.keptValue" (dict "root" $ "secret" $name "key" .) }}
  {{- end }}
{{- end -}}

{{- define "observability.elasticsearchClients" -}}
{{- list "fluentd" "kibana" "kibana-setup" "elasticsearch-setup" "elasticsearch-exporter" "jaeger" "jaeger-cleaner" "grafana" | toJson -}}
{{- end -}}

{{/* One node, for evaluation. */}}
{{- define "observability.elasticsearchNode" -}}
{{- $part := list . "elasticsearch" -}}
{{- include "observability.serviceaccount" $part }}
---
apiVersion: v1
kind: Service
metadata: {{- include "observability.metadata" $part | nindent 2 }}
spec:
  selector: {{- include "observability.selector" $part | nindent 4 }}
  ports:
    - { name: http, port: 9200, targetPort: http, appProtocol: http }
---
{{ include "observability.networkpolicy" (dict "root" . "name" "elasticsearch" "ingress" (list (dict "from" (include "observability.elasticsearchClients" . | fromJsonArray) "port" 9200))) }}
---
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
      {{- include "observability.pod" (dict "root" . "name" "elasticsearch" "user" 1000) | nindent 6 }}
      terminationGracePeriodSeconds: 120
      initContainers:
        # Its keystore, with the password, is written beside its configuration.
        - name: copy-config
          image: {{ include "observability.image" .Values.elasticsearch.image }}
          imagePullPolicy: IfNotPresent
          command: [cp, --recursive, /usr/share/elasticsearch/config/., /config/]
          securityContext: {{- include "observability.containerSecurity" . | nindent 12 }}
          resources: {{- toYaml .Values.elasticsearch.resources | nindent 12 }}
          volumeMounts:
            - { name: config, mountPath: /config }
      containers:
        - name: elasticsearch
          image: {{ include "observability.image" .Values.elasticsearch.image }}
          imagePullPolicy: IfNotPresent
          env:
            - { name: cluster.name, value: {{ include "observability.name" $part }} }
            - { name: discovery.type, value: single-node }
            # Room on any node: without it the kernel's vm.max_map_count would have to be raised.
            - { name: node.store.allow_mmap, value: "false" }
            - { name: xpack.security.enabled, value: "true" }
            # The network policy says who may ask.
            - { name: xpack.security.http.ssl.enabled, value: "false" }
            - { name: xpack.ml.enabled, value: "false" }
            # It asks nobody outside.
            - { name: ingest.geoip.downloader.enabled, value: "false" }
            - { name: readiness.port, value: "9399" }
            - name: ELASTIC_PASSWORD
              valueFrom: { secretKeyRef: { name: {{ include "observability.elasticsearchSecret" . }}, key: password } }
          ports:
            - { name: http, containerPort: 9200 }
            - { name: readiness, containerPort: 9399 }
          startupProbe: { tcpSocket: { port: readiness }, periodSeconds: 2, failureThreshold: 150 }
          readinessProbe: { tcpSocket: { port: readiness }, periodSeconds: 5 }
          livenessProbe: { tcpSocket: { port: http }, periodSeconds: 10, failureThreshold: 6 }
          securityContext: {{- include "observability.containerSecurity" . | nindent 12 }}
          resources: {{- toYaml .Values.elasticsearch.resources | nindent 12 }}
          volumeMounts:
            - { name: data, mountPath: /usr/share/elasticsearch/data }
            - { name: config, mountPath: /usr/share/elasticsearch/config }
            - { name: logs, mountPath: /usr/share/elasticsearch/logs }
            - { name: tmp, mountPath: /tmp }
      volumes:
        - { name: config, emptyDir: { sizeLimit: 16Mi } }
        - { name: logs, emptyDir: { sizeLimit: 256Mi } }
        - { name: tmp, emptyDir: { sizeLimit: 256Mi } }
        {{- with include "observability.dataVolume" .Values.elasticsearch.persistence }}
        {{- . | nindent 8 }}
        {{- end }}
  {{- with include "observability.claims" .Values.elasticsearch.persistence }}
  {{- . | nindent 2 }}
  {{- end }}
{{- end -}}

{{/* Objects for ECK's operator, which makes certificates, budgets and rolling upgrades of them. */}}
{{- define "observability.elasticsearchCluster" -}}
{{- $part := list . "elasticsearch" -}}
apiVersion: elasticsearch.k8s.elastic.co/v1
kind: Elasticsearch
metadata: {{- include "observability.metadata" $part | nindent 2 }}
spec:
  version: {{ .Values.elasticsearch.image.tag }}
  {{- if .Values.elasticsearch.image.digest }}
  image: {{ include "observability.image" .Values.elasticsearch.image }}
  {{- end }}
  auth:
    fileRealm: [{ secretName: {{ include "observability.elasticsearchSecret" . }} }]
  {{- with .Values.elasticsearch.snapshots.existingSecret }}
  secureSettings: [{ secretName: {{ . }} }]
  {{- end }}
  # A volume that held lines is deleted with its node only when the whole object is.
  volumeClaimDeletePolicy: DeleteOnScaledownOnly
  nodeSets:
    - name: default
      count: {{ .Values.elasticsearch.replicas }}
      config:
        node.store.allow_mmap: false
        ingest.geoip.downloader.enabled: false
      podTemplate:
        metadata:
          labels: { sidecar.istio.io/inject: "false" }
        spec:
          automountServiceAccountToken: false
          {{- with .Values.pullSecrets }}
          imagePullSecrets: {{- toYaml . | nindent 12 }}
          {{- end }}
          containers:
            - name: elasticsearch
              resources: {{- toYaml .Values.elasticsearch.resources | nindent 16 }}
      volumeClaimTemplates:
        - metadata: { name: elasticsearch-data }
          spec:
            accessModes: [ReadWriteOnce]
            {{- with .Values.elasticsearch.persistence.storageClass }}
            storageClassName: {{ . }}
            {{- end }}
            resources: { requests: { storage: {{ .Values.elasticsearch.persistence.size }} } }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{- include "observability.metadata" $part | nindent 2 }}
spec:
  podSelector:
    matchLabels: { elasticsearch.k8s.elastic.co/cluster-name: {{ include "observability.name" $part }} }
  policyTypes: [Ingress, Egress]
  ingress:
    - from:
        {{- range include "observability.elasticsearchClients" . | fromJsonArray }}
        {{- include "observability.peers" (list $ .) | nindent 8 }}
        {{- end }}
        - podSelector: { matchLabels: { kibana.k8s.elastic.co/name: {{ include "observability.name" (list . "kibana") }} } }
        - namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: {{ .Values.elasticsearch.operatorNamespace }} } }
      ports: [{ port: 9200, protocol: TCP }]
    - from:
        - podSelector: { matchLabels: { elasticsearch.k8s.elastic.co/cluster-name: {{ include "observability.name" $part }} } }
      ports: [{ port: 9300, protocol: TCP }, { port: 9200, protocol: TCP }]
  egress:
    - to: {{- toYaml .Values.networkPolicy.dns | nindent 8 }}
      ports: [{ port: 53, protocol: UDP }, { port: 53, protocol: TCP }]
    - to:
        - podSelector: { matchLabels: { elasticsearch.k8s.elastic.co/cluster-name: {{ include "observability.name" $part }} } }
      ports: [{ port: 9300, protocol: TCP }, { port: 9200, protocol: TCP }]
    {{- if .Values.elasticsearch.snapshots.enabled }}
    # The repository of snapshots.
    - to: []
      ports: [{ port: 443, protocol: TCP }]
    {{- end }}
{{- end -}}

{{/* Copies of each shard besides the first: none where there is one node, as no other could take them. */}}
{{- define "observability.elasticsearchCopies" -}}
{{- with .Values.elasticsearch -}}
{{ ternary 0 1 (and (ne .mode "existing") (eq (int .replicas) 1)) }}
{{- end -}}
{{- end -}}

{{/* What set-up.ts reads: files/elasticsearch/settings.ts. */}}
{{- define "observability.logSettings" -}}
{{- with .Values.elasticsearch -}}
{{- $settings := dict
  "stream" (include "observability.logStream" (list $ ""))
  "rejectedStream" (include "observability.logStream" (list $ ".rejected"))
  "shards" (min 8 (add1 (div (sub (int .gigabytesPerDay) 1) 30)))
  "copies" (include "observability.elasticsearchCopies" $ | int)
  "retention" (index .retention .environment)
-}}
{{- if .snapshots.enabled -}}
  {{- $_ := set $settings "snapshots" (omit .snapshots "enabled" "existingSecret") -}}
{{- end -}}
{{- if ne .mode "existing" -}}
  {{- $users := dict "kibana" (eq .mode "bundled") "traceIndices" (printf "%s-jaeger-*" $.Values.graph) -}}
  {{- range $name := list "writer" "reader" "monitor" "traces" }}{{ $_ := set $users $name (printf "%s_%s" $.Values.graph $name) }}{{ end -}}
  {{- $_ := set $settings "users" $users -}}
{{- end -}}
{{- toJson $settings -}}
{{- end -}}
{{- end -}}

{{- define "observability.elasticsearchSetup" -}}
{{- $env := include "observability.elasticsearchSetupEnv" . -}}
{{- $files := list "elasticsearch/api.ts" "elasticsearch/mappings.ts" "elasticsearch/payloads.ts" "elasticsearch/set-up-logs.ts" "elasticsearch/set-up.ts" "elasticsearch/settings.ts" -}}
{{ include "observability.setupJob" (dict "root" . "name" "elasticsearch-setup" "script" "elasticsearch/set-up.ts" "files" $files "settings" (include "observability.logSettings" .) "env" $env "egress" (include "observability.elasticsearchEgress" .) "caMount" (include "observability.elasticsearchCaMount" .) "caVolume" (include "observability.elasticsearchCaVolume" .)) }}
{{- end -}}

{{- define "observability.elasticsearchSetupEnv" -}}
- { name: ELASTICSEARCH_URL, value: {{ include "observability.elasticsearchUrl" . | quote }} }
{{ include "observability.elasticsearchUserEnv" (list . "admin") }}
{{- if include "observability.elasticsearchCaSecret" . }}
- { name: NODE_EXTRA_CA_CERTS, value: /etc/elasticsearch-ca/ca.crt }
{{- end }}
{{- if ne .Values.elasticsearch.mode "existing" }}
{{- range $name := list "writer" "reader" "monitor" "traces" "kibana" }}
- name: {{ upper $name }}_PASSWORD
  valueFrom: { secretKeyRef: { name: {{ include "observability.elasticsearchSecret" $ }}, key: {{ $name }}-password } }
{{- end }}
{{- end }}
{{- end -}}
