{{/* What the umbrella knows of a service: list $ "users" component. Its own values go over it. */}}
{{- define "tributary.derivedValues" -}}
{{- $root := index . 0 -}}
{{- $name := index . 1 -}}
{{- $component := index . 2 -}}
{{- $graph := include "tributary.graph" $root -}}
{{- $services := include "tributary.services" $root | fromJsonArray -}}
{{- $own := index $root.Values.edges $name | default dict -}}
{{- $calls := list -}}
{{- range $own.calls }}{{ if has . $services }}{{ $calls = append $calls . }}{{ end }}{{ end -}}
{{- $callers := list -}}
{{- range $services }}{{ if has $name (dig . "calls" list $root.Values.edges) }}{{ $callers = append $callers . }}{{ end }}{{ end -}}
name: {{ $name }}
graph: {{ $graph }}
image:
  repository: {{ $root.Values.image.repository }}
  tag: {{ $root.Values.image.tag | default $root.Chart.AppVersion | quote }}
  pullPolicy: {{ $root.Values.image.pullPolicy }}
calls: {{ toJson $calls }}
callers: {{ toJson $callers }}
{{- if $own.database }}
database:
  enabled: true
  {{- if $root.Values.postgres.enabled }}
  host: {{ $graph }}-postgres
  to:
    - {{ include "tributary.peer" (dict "root" $root "name" "postgres") }}
  {{- end }}
{{- end }}
{{- if $own.broker }}
broker:
  enabled: true
  {{- if $root.Values.nats.enabled }}
  servers: [nats://{{ $graph }}-nats:4222]
  existingSecret: {{ $graph }}-nats
  to:
    - {{ include "tributary.peer" (dict "root" $root "name" "nats") }}
  {{- else }}
  servers: {{ toJson $root.Values.nats.external.servers }}
  existingSecret: {{ $root.Values.nats.external.existingSecret | quote }}
  {{- end }}
{{- end }}
mesh: { enabled: {{ $root.Values.istio.enabled }} }
{{- include "tributary.observedValues" $root | nindent 0 }}
{{- if eq $component "gateway" }}
trackServices: {{ and $root.Values.istio.enabled (eq (dig "ingress" "api" "istio" $root.Values.istio) "gateway-api") }}
ingress: {{ toJson $root.Values.ingress }}
{{- with $root.Values.redis }}
{{- if .enabled }}
redis:
  host: {{ $graph }}-redis
  existingSecret: {{ $graph }}-redis
  to:
    - {{ include "tributary.peer" (dict "root" $root "name" "redis") }}
{{- else }}
redis: { existingSecret: {{ .external.existingSecret | quote }} }
{{- end }}
{{- end }}
config:
  subgraphs:
    {{- range $calls }}
    {{ . }}: { url: http://{{ $graph }}-{{ . }}/graphql }
    {{- end }}
{{- else }}
{{- $config := dict }}
{{- if $root.Values.demoData }}{{ $_ := set $config "demoData" true }}{{ end }}
{{- if and $own.database $root.Values.postgres.enabled }}
  {{- /* One small server has to do for every pod of every service. Fewer handlers than connections: requests need some too. */}}
  {{- $_ := set $config "database" (dict "poolSize" 5 "connectTimeout" "3s") }}
  {{- if $own.broker }}{{ $_ := set $config "events" (dict "nats" (dict "concurrency" 3)) }}{{ end }}
{{- end }}
{{- with $config }}
config: {{ toJson . }}
{{- end }}
{{- end }}
# For templates in `config`.
publicUrl: {{ $root.Values.publicUrl }}
{{- end -}}

{{/* Peers that the umbrella lets in, beside the graph's services: list $ "payments" component. */}}
{{- define "tributary.derivedFrom" -}}
{{- $root := index . 0 -}}
{{- if eq (index . 2) "gateway" }}
- {{ include "tributary.peer" (dict "root" $root "name" "helm-test") }}
{{- include "tributary.meshIngress" $root | nindent 0 }}
{{- end }}
{{- if and (eq (index . 1) "payments") $root.Values.sandboxProvider.enabled }}
- {{ include "tributary.peer" (dict "root" $root "name" "sandbox-provider") }}
{{- end }}
{{- end -}}

{{/* And whom it lets the service reach. */}}
{{- define "tributary.derivedEgress" -}}
{{- $root := index . 0 -}}
{{- if and (eq (index . 1) "payments") $root.Values.sandboxProvider.enabled }}
- to:
    - {{ include "tributary.peer" (dict "root" $root "name" "sandbox-provider") }}
  ports: [{ port: 4090, protocol: TCP }]
{{- end }}
{{- range $root.Values.externalServices }}
{{- if has (index $ 1) .services }}
- ports: [{ port: {{ .port }}, protocol: TCP }]
{{- end }}
{{- end }}
{{- end -}}

{{/* What the mesh's chart is told, beside the services. */}}
{{- define "tributary.meshValues" -}}
graph: {{ include "tributary.graph" . }}
externalServices: {{ toJson .Values.externalServices }}
{{- if .Values.observability.enabled }}
{{- with .Values.observability.collector }}
{{- if and .enabled (eq .mode "bundled") }}
telemetry: { collectorHost: {{ include "tributary.graph" $ }}-collector.{{ $.Release.Namespace }}.svc.cluster.local }
{{- end }}
{{- end }}
{{- end }}
edges:
  - { to: gateway, port: 4000, from: [helm-test] }
  {{- if .Values.postgres.enabled }}
  - { to: postgres, port: 5432, from: {{ append (include "tributary.servicesWith" (list . "database") | fromJsonArray) "provision" | toJson }} }
  {{- end }}
  {{- if .Values.nats.enabled }}
  - { to: nats, port: 4222, from: {{ include "tributary.servicesWith" (list . "broker") }} }
  {{- end }}
  {{- if .Values.redis.enabled }}
  - { to: redis, port: 6379, from: [gateway] }
  {{- end }}
  {{- if .Values.sandboxProvider.enabled }}
  - { to: sandbox-provider, port: 4090, from: [payments] }
  - { to: payments, port: 4000, from: [sandbox-provider] }
  {{- end }}
{{- end -}}
