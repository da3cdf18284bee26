{{/* Values that do not go together are refused here, each with what to do. */}}
{{- define "service.checks" -}}
{{- $who := printf "service %s" .Values.name -}}
{{- if not .Values.name }}{{ fail "name: expected the service's name, such as users" }}{{ end -}}
{{- with .Values.autoscaling -}}
  {{- if and .enabled $.Values.vpa.enabled (ne $.Values.vpa.updateMode "Off") -}}
    {{- fail (printf "%s: autoscaling and vpa would both act on CPU and memory: set vpa.updateMode to \"Off\", so that it recommends, or autoscaling.enabled to false" $who) -}}
  {{- end -}}
  {{- if and .enabled (gt (int .minReplicas) (int .maxReplicas)) -}}
    {{- fail (printf "%s: autoscaling.minReplicas %v is more than autoscaling.maxReplicas %v" $who .minReplicas .maxReplicas) -}}
  {{- end -}}
{{- end -}}
{{- with .Values.database -}}
  {{- if and .enabled (not .existingSecret) (not .host) -}}
    {{- fail (printf "%s has a database: set database.existingSecret to a Secret whose key url is postgres://…, or database.host for one that this installation makes a password for" $who) -}}
  {{- end -}}
  {{- if and .enabled (eq $.Values.migrations.mode "hook") (not .existingSecret) -}}
    {{- fail (printf "%s: migrations.mode hook runs before this installation has made anything: it needs database.existingSecret" $who) -}}
  {{- end -}}
{{- end -}}
{{- if and .Values.redis.host (not .Values.redis.existingSecret) -}}
  {{- fail (printf "%s shares rate limits in Redis: set redis.existingSecret, whose key password opens it" $who) -}}
{{- end -}}
{{- if and .Values.broker.enabled (not .Values.broker.servers) -}}
  {{- fail (printf "%s hears or says events: set broker.servers, as in [nats://nats:4222]" $who) -}}
{{- end -}}
{{- if and .Values.ingress.enabled (not .Values.ingress.host) -}}
  {{- fail (printf "%s: ingress.host: expected the host name that clients use" $who) -}}
{{- end -}}
{{- if and .Values.ingress.enabled .Values.mesh.enabled (not .Values.ingress.inMesh) -}}
  {{- fail (printf "%s: the mesh refuses an ingress controller without a sidecar: set ingress.inMesh when its pods have one, or use the mesh's own ingress (istio.ingress) in place of ingress.enabled" $who) -}}
{{- end -}}
{{- if dig "server" "drainTimeout" "" .Values.config -}}
  {{- fail (printf "%s: config.server.drainTimeout is set by drain.timeoutSeconds, of which the grace period of its pods is made" $who) -}}
{{- end -}}
{{- range list .Values.supergraph (mergeOverwrite (deepCopy .Values.supergraph) .Values.canary.supergraph) -}}
  {{- if gt (len (compact (list .sdl .configMap .url))) 1 -}}
    {{- fail (printf "%s: supergraph: expected one of sdl, configMap and url" $who) -}}
  {{- end -}}
{{- end -}}
{{- end -}}
