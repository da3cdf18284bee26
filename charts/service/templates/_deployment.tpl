{{- define "service.deployment" -}}
apiVersion: apps/v1
kind: Deployment
metadata: {{- include "service.trackmetadata" . | nindent 2 }}
spec:
  {{- if or (not .Values.autoscaling.enabled) (eq .Values.track "v2") }}
  replicas: {{ .Values.replicaCount }}
  {{- end }}
  revisionHistoryLimit: 5
  strategy:
    type: RollingUpdate
    rollingUpdate: { maxUnavailable: 0, maxSurge: 1 }
  selector:
    matchLabels:
      {{- include "service.selector" . | nindent 6 }}
      version: {{ .Values.track }}
  template:
    metadata:
      labels:
        {{- include "service.labels" . | nindent 8 }}
        version: {{ .Values.track }}
      annotations:
        checksum/config: {{ include "service.configYaml" . | sha256sum }}
        {{- with .Values.documents }}
        checksum/documents: {{ toJson . | sha256sum }}
        {{- end }}
        {{- with .Values.rest }}
        checksum/rest: {{ toJson . | sha256sum }}
        {{- end }}
        kubectl.kubernetes.io/default-container: {{ .Values.name }}
        {{- if .Values.mesh.enabled }}
        # The sidecar's agent reads the metrics and gives them out with its own, at :15020.
        prometheus.io/scrape: "true"
        prometheus.io/port: "9400"
        prometheus.io/path: /metrics
        {{- end }}
        {{- with .Values.podAnnotations }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    spec:
      serviceAccountName: {{ include "service.fullname" . }}
      automountServiceAccountToken: false
      enableServiceLinks: false
      terminationGracePeriodSeconds: {{ include "service.gracePeriodSeconds" . }}
      securityContext: {{- include "service.podSecurity" . | nindent 8 }}
      {{- with .Values.pullSecrets }}
      imagePullSecrets: {{- toYaml . | nindent 8 }}
      {{- end }}
      topologySpreadConstraints:
        {{- range list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
        - maxSkew: 1
          topologyKey: {{ . }}
          whenUnsatisfiable: ScheduleAnyway
          labelSelector:
            matchLabels:
              {{- include "service.selector" $ | nindent 14 }}
              version: {{ $.Values.track }}
          matchLabelKeys: [pod-template-hash]
        {{- end }}
      {{- if and .Values.database.enabled (eq .Values.migrations.mode "initContainer") }}
      initContainers:
        - {{- include "service.migrateContainer" . | nindent 10 }}
      {{- end }}
      containers:
        - name: {{ .Values.name }}
          image: {{ include "service.image" . }}
          imagePullPolicy: {{ .Values.image.pullPolicy }}
          args: [dist/main.js, --config, /etc/tributary/config.yaml]
          env: {{- include "service.env" . | nindent 12 }}
          ports:
            - { name: http, containerPort: 4000 }
            - { name: admin, containerPort: 9400 }
          startupProbe:
            httpGet: { path: /health/live, port: admin }
            periodSeconds: 1
            failureThreshold: {{ .Values.probes.startupSeconds }}
          livenessProbe:
            httpGet: { path: /health/live, port: admin }
            periodSeconds: 10
            timeoutSeconds: 3
            failureThreshold: 3
          readinessProbe:
            httpGet: { path: /health/ready, port: admin }
            periodSeconds: 2
            timeoutSeconds: 2
            failureThreshold: 2
          lifecycle:
            preStop: { sleep: { seconds: {{ .Values.drain.preStopSeconds }} } }
          securityContext: {{- include "service.containerSecurity" . | nindent 12 }}
          resources: {{- toYaml .Values.resources | nindent 12 }}
          volumeMounts: {{- include "service.mounts" . | nindent 12 }}
      volumes: {{- include "service.volumes" . | nindent 8 }}
      {{- with .Values.nodeSelector }}
      nodeSelector: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .Values.tolerations }}
      tolerations: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .Values.affinity }}
      affinity: {{- toYaml . | nindent 8 }}
      {{- end }}
{{- end -}}

{{- define "service.poddisruptionbudget" -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {{- include "service.trackmetadata" . | nindent 2 }}
spec:
  maxUnavailable: {{ .Values.podDisruptionBudget.maxUnavailable }}
  # A pod that is not ready serves nobody: it does not keep a node from being drained.
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels:
      {{- include "service.selector" . | nindent 6 }}
      version: {{ .Values.track }}
{{- end -}}
