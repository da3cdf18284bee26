import { startAsker } from '../ask.ts';
import type { Step } from './step.ts';

/** A pod without a sidecar, which the network lets through, is refused by every service's sidecar. */
export const plaintext: Step = {
  name: 'plaintext',
  async run({ cluster, release, tag }) {
    const asker = await startAsker(cluster, {
      name: 'ask-in-plaintext',
      image: `tributary/tools:${tag}`,
      labels: {
        'app.kubernetes.io/name': 'gateway',
        'app.kubernetes.io/part-of': release,
        'sidecar.istio.io/inject': 'false',
      },
    });
    const services = ['inventory', 'notifications', 'orders', 'payments', 'users'];
    const outcomes = await Promise.all(
      services.map(async (service) => (await asker.run(`(${ask})('http://${release}-${service}/graphql')`)).trim()),
    );
    await cluster.kubectl('delete', 'pod', 'ask-in-plaintext', '--wait=false');
    const wrong = outcomes.filter((outcome) => outcome !== 'ECONNRESET');
    if (wrong.length > 0) throw new Error(`answered in plaintext: ${outcomes.join(', ')}`);
    return `${services.length} services refused the connection`;
  },
};

const ask = `(url) => fetch(url, { signal: AbortSignal.timeout(5000) }).then(
  ({ status }) => console.log(status),
  (error) => console.log(error.cause?.code ?? error.name),
)`;
