/** Kinds of Kubernetes itself that the charts use, by the names that its OpenAPI definition has for them. */
export const kubernetesKinds = [
  ...['Service', 'ServiceAccount', 'ConfigMap', 'Secret', 'PersistentVolumeClaim', 'Pod'].map(
    (kind) => `io.k8s.api.core.v1.${kind}`,
  ),
  ...['Deployment', 'StatefulSet', 'DaemonSet'].map((kind) => `io.k8s.api.apps.v1.${kind}`),
  ...['Job', 'CronJob'].map((kind) => `io.k8s.api.batch.v1.${kind}`),
  'io.k8s.api.autoscaling.v2.HorizontalPodAutoscaler',
  'io.k8s.api.policy.v1.PodDisruptionBudget',
  ...['NetworkPolicy', 'Ingress'].map((kind) => `io.k8s.api.networking.v1.${kind}`),
  ...['Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding'].map((kind) => `io.k8s.api.rbac.v1.${kind}`),
  'io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIService',
];

/** A Go module, the manifests of CRDs in it, and which of their kinds the charts use. */
export interface CustomKinds {
  /** With its version. */
  readonly module: string;
  readonly files: readonly string[];
  readonly kinds: readonly { readonly apiVersion: string; readonly kind: string }[];
}

const kindsOf = (apiVersion: string, ...kinds: string[]) => kinds.map((kind) => ({ apiVersion, kind }));

export const customKinds: readonly CustomKinds[] = [
  {
    module: 'istio.io/api@v1.31.4',
    files: ['kubernetes/customresourcedefinitions.gen.yaml'],
    kinds: [
      ...kindsOf('networking.istio.io/v1', 'Gateway', 'VirtualService', 'DestinationRule', 'ServiceEntry', 'Sidecar'),
      ...kindsOf('networking.istio.io/v1alpha3', 'EnvoyFilter'),
      ...kindsOf('security.istio.io/v1', 'PeerAuthentication', 'AuthorizationPolicy', 'RequestAuthentication'),
      ...kindsOf('telemetry.istio.io/v1', 'Telemetry'),
    ],
  },
  {
    module: 'sigs.k8s.io/gateway-api@v1.6.3',
    files: ['gateways', 'httproutes'].map((kind) => `config/crd/standard/gateway.networking.k8s.io_${kind}.yaml`),
    kinds: kindsOf('gateway.networking.k8s.io/v1', 'Gateway', 'HTTPRoute'),
  },
  {
    module: 'github.com/prometheus-operator/prometheus-operator@v0.92.0',
    files: ['servicemonitors', 'podmonitors', 'prometheusrules'].map(
      (kind) => `example/prometheus-operator-crd/monitoring.coreos.com_${kind}.yaml`,
    ),
    kinds: kindsOf('monitoring.coreos.com/v1', 'ServiceMonitor', 'PodMonitor', 'PrometheusRule'),
  },
  {
    module: 'github.com/kedacore/keda/v2@v2.20.2',
    files: ['scaledobjects', 'triggerauthentications'].map((kind) => `config/crd/bases/keda.sh_${kind}.yaml`),
    kinds: kindsOf('keda.sh/v1alpha1', 'ScaledObject', 'TriggerAuthentication'),
  },
  {
    module: 'k8s.io/autoscaler/vertical-pod-autoscaler@v1.8.1',
    files: ['deploy/vpa-v1-crd-gen.yaml'],
    kinds: kindsOf('autoscaling.k8s.io/v1', 'VerticalPodAutoscaler'),
  },
];
