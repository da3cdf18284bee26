{{/*
Secrets that are made once: what is there stays, what is missing is made. Without access to the cluster (helm template, and
tools built on it) nothing can be looked up: there each of them is to be an existing one.
*/}}
{{- define "service.keptMetadata" -}}
name: {{ .name }}
namespace: {{ .root.Release.Namespace }}
labels: {{- include "service.labels" .root | nindent 2 }}
annotations:
  helm.sh/resource-policy: keep
{{- end -}}

{{- define "service.keptValue" -}}
{{- index .data .key | default (randAlphaNum 48 | b64enc) -}}
{{- end -}}

{{- define "service.ownSecrets" -}}
{{- if and .Values.secrets.env (not .Values.secrets.existingSecret) -}}
{{- $name := include "service.ownSecret" . -}}
{{- $data := (lookup "v1" "Secret" .Release.Namespace $name).data | default dict -}}
apiVersion: v1
kind: Secret
metadata: {{- include "service.keptMetadata" (dict "root" . "name" $name) | nindent 2 }}
type: Opaque
data:
  {{- range $key := .Values.secrets.env | values | uniq | sortAlpha }}
  {{ $key }}: {{ include "service.keptValue" (dict "data" $data "key" $key) }}
  {{- end }}
{{- end -}}
{{- end -}}

{{- define "service.databaseSecrets" -}}
{{- with .Values.database -}}
{{- if and .enabled (not .existingSecret) -}}
{{- $name := include "service.databaseSecret" $ -}}
{{- $data := (lookup "v1" "Secret" $.Release.Namespace $name).data | default dict -}}
{{- $password := include "service.keptValue" (dict "data" $data "key" "password") | b64dec -}}
apiVersion: v1
kind: Secret
metadata: {{- include "service.keptMetadata" (dict "root" $ "name" $name) | nindent 2 }}
type: Opaque
data:
  password: {{ $password | b64enc }}
  url: {{ printf "postgres://%s:%s@%s:%v/%s" $.Values.name $password .host .port .name | b64enc }}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "service.identitySecrets" -}}
{{- if and .Values.calls (not .Values.identity.existingSecret) -}}
{{- $name := include "service.identitySecret" . -}}
{{- $data := (lookup "v1" "Secret" .Release.Namespace $name).data -}}
{{- if not $data -}}
  {{- /* The certificate carries the public half; nobody looks at its dates (docs/adr/0003). */ -}}
  {{- $made := genSelfSignedCertWithKey .Values.name nil nil 36500 (genPrivateKey "ed25519") -}}
  {{- $data = dict "tls.key" (b64enc $made.Key) "tls.crt" (b64enc $made.Cert) -}}
{{- end -}}
apiVersion: v1
kind: Secret
metadata: {{- include "service.keptMetadata" (dict "root" . "name" $name) | nindent 2 }}
type: kubernetes.io/tls
data:
  tls.crt: {{ index $data "tls.crt" }}
  tls.key: {{ index $data "tls.key" }}
{{- end -}}
{{- end -}}
