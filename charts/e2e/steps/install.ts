import { fileURLToPath } from 'node:url';
import type { Graph } from '../graph.ts';
import type { Step } from './step.ts';

export const CHART = fileURLToPath(new URL('../../tributary', import.meta.url));
/** From nothing to a purchase, once the images are on the nodes. */
const LIMIT_SECONDS = 180;

/** `helm install` on an empty namespace, until `helm test` has bought something. */
export const install: Step = {
  name: 'install',
  async run({ cluster, release, values }: Graph) {
    const startedMs = performance.now();
    await cluster.helm('install', release, CHART, ...values, '--wait', '--timeout', '4m');
    const readySeconds = (performance.now() - startedMs) / 1000;
    await cluster.helm('test', release, '--timeout', '2m');
    const seconds = (performance.now() - startedMs) / 1000;
    if (seconds > LIMIT_SECONDS) throw new Error(`took ${seconds.toFixed(0)} s, wanted ${LIMIT_SECONDS} at most`);
    return `every pod ready after ${readySeconds.toFixed(0)} s, a purchase made after ${seconds.toFixed(0)} s`;
  },
};
