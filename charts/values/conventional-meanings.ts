/**
 * What keys are that Kubernetes, Istio and most charts name so: values.yaml need not say it. The last part of a dotted key,
 * or its last two where one alone would be ambiguous.
 */
export const conventionalMeanings: Readonly<Record<string, string>> = {
  affinity: 'As in a pod.',
  annotations: 'Annotations of the object.',
  behavior: 'How fast it scales, as in a HorizontalPodAutoscaler.',
  className: 'The IngressClass.',
  enabled: 'Whether it is on.',
  image: 'With its tag or digest.',
  'ingress.host': 'The host name that clients use.',
  maxReplicas: 'Pods at most.',
  minReplicas: 'Pods at least.',
  'metrics.interval': 'How often metrics are read.',
  'metrics.labels': 'Further labels of the monitor, by which Prometheus selects it.',
  nodeSelector: 'As in a pod.',
  'outlierDetection.baseEjectionTime': 'For so long, times how often it has been before.',
  'outlierDetection.interval': 'How often pods are judged.',
  podAnnotations: 'Further annotations of the pods.',
  'podDisruptionBudget.maxUnavailable': 'Pods that may be taken away at a time: a number or a percentage.',
  pullPolicy: 'Always, IfNotPresent or Never.',
  replicaCount: 'Pods, where nothing scales them.',
  resources: 'What a container is promised, and what it may use.',
  tolerations: 'As in a pod.',
  trustDomain: 'The trust domain of the mesh.',
};
