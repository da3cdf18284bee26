import { fileURLToPath } from 'node:url';
import type { ClientOptions } from './script-pod.ts';
import { ailingPod } from './steps/ailing-pod.ts';
import { autoscaling } from './steps/autoscaling.ts';
import { canary } from './steps/canary.ts';
import { drainNode } from './steps/drain-node.ts';
import { install } from './steps/install.ts';
import { newSupergraph } from './steps/new-supergraph.ts';
import { observability } from './steps/observability.ts';
import { plaintext } from './steps/plaintext.ts';
import { policies } from './steps/policies.ts';
import { rollingRestart } from './steps/rolling-restart.ts';
import type { Step } from './steps/step.ts';
import { subscriptions } from './steps/subscriptions.ts';
import { tracing } from './steps/tracing.ts';
import { uninstall } from './steps/uninstall.ts';
import { upgradeAndRollback } from './steps/upgrade-and-rollback.ts';

/** An installation, and what is done with it. */
export interface Phase {
  name: string;
  namespace: string;
  inMesh: boolean;
  /** Below those of values.yaml. */
  valuesFiles: readonly string[];
  clients(release: string, ingressAddress: string): ClientOptions;
  /** In order; the first makes what the others work on, the last takes it away. */
  steps: readonly Step[];
}

const HOST = 'shop.staging.example.com';

export const phases: readonly Phase[] = [
  {
    name: 'on a bare cluster',
    namespace: 'shop',
    inMesh: false,
    valuesFiles: [],
    // As the pod that `helm test` runs, which may ask the gateway.
    clients: (release) => ({
      url: `http://${release}-gateway/graphql`,
      labels: { 'app.kubernetes.io/name': 'helm-test', 'app.kubernetes.io/part-of': release },
      serviceAccount: `${release}-helm-test`,
    }),
    steps: [
      ...[install, policies, rollingRestart, autoscaling, drainNode, newSupergraph, upgradeAndRollback, observability],
      uninstall,
    ],
  },
  {
    name: 'in the mesh',
    namespace: 'shop-mesh',
    inMesh: true,
    valuesFiles: [fileURLToPath(new URL('../tributary/examples/staging.yaml', import.meta.url))],
    // From outside of the mesh, through its ingress.
    clients: (_, ingressAddress) => ({
      url: `https://${HOST}/graphql`,
      labels: { 'sidecar.istio.io/inject': 'false' },
      serviceAccount: 'default',
      host: { name: HOST, address: ingressAddress },
    }),
    steps: [install, policies, plaintext, tracing, subscriptions, canary, ailingPod, uninstall],
  },
];
