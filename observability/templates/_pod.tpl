{{/* list $ "prometheus" */}}
{{- define "observability.serviceaccount" -}}
apiVersion: v1
kind: ServiceAccount
metadata: {{- include "observability.metadata" . | nindent 2 }}
automountServiceAccountToken: false
{{- end -}}

{{/*
What every component's pods have: dict "root" $ "name" "prometheus" "user" 65534, and "token" true for one that asks
Kubernetes' API, "tolerations" for one on each node.
*/}}
{{- define "observability.pod" -}}
serviceAccountName: {{ include "observability.name" (list .root .name) }}
automountServiceAccountToken: {{ .token | default false }}
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: {{ .user }}
  runAsGroup: {{ .user }}
  fsGroup: {{ .user }}
  seccompProfile: { type: RuntimeDefault }
{{- with .root.Values.pullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "observability.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end -}}

{{/* Replicas on different nodes and in different zones where there are some: list $ "prometheus". */}}
{{- define "observability.spread" -}}
topologySpreadConstraints:
  {{- range $key := list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
  - maxSkew: 1
    topologyKey: {{ $key }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels: {{- include "observability.selector" $ | nindent 8 }}
  {{- end }}
{{- end -}}

{{/* list $ "alertmanager". For what has two replicas or more. */}}
{{- define "observability.poddisruptionbudget" -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {{- include "observability.metadata" . | nindent 2 }}
spec:
  maxUnavailable: 1
  # A pod that is not ready serves nobody: it does not keep a node from being drained.
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels: {{- include "observability.selector" . | nindent 6 }}
{{- end -}}

{{/* The volumeClaimTemplates of a StatefulSet, or nothing: .Values.prometheus.persistence. The volume is called data. */}}
{{- define "observability.claims" -}}
{{- if .enabled -}}
volumeClaimTemplates:
  - metadata: { name: data }
    spec:
      accessModes: [ReadWriteOnce]
      {{- with .storageClass }}
      storageClassName: {{ . }}
      {{- end }}
      resources: { requests: { storage: {{ .size }} } }
{{- end -}}
{{- end -}}

{{/* In its place, an entry of `volumes`: data is gone with the pod. */}}
{{- define "observability.dataVolume" -}}
{{- if not .enabled -}}
- { name: data, emptyDir: { sizeLimit: {{ .size }} } }
{{- end -}}
{{- end -}}

{{/*
A value that is made once at random and kept, base64-encoded: dict "root" $ "secret" "<name of the Secret>" "key" "password".
Without access to the cluster (helm template) nothing can be looked up: there the Secret is to be an existing one. The
Secret needs the annotation helm.sh/resource-policy: keep.
*/}}
{{- define "observability.keptValue" -}}
{{- $data := (lookup "v1" "Secret" .root.Release.Namespace .secret).data | default dict -}}
{{- index $data .key | default (randAlphaNum 48 | b64enc) -}}
{{- end -}}
