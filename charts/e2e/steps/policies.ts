import { graphEdges } from '../../tests/edges/graph-edges.ts';
import { type Asker, startAsker } from '../ask.ts';
import type { Graph } from '../graph.ts';
import { until } from '../until.ts';
import type { Step } from './step.ts';

const HTTP_PORT = 4000;

/**
 * Every service asks every other one, and the data stores, from a pod with its labels and its service account. Edges are
 * answered, all else is refused: by the network, or by the other's sidecar.
 */
export const policies: Step = {
  name: 'policies',
  async run(graph) {
    const names = [...new Set(graphEdges.flatMap(({ source, destination }) => [source, destination]))];
    const services = names.filter((name) => name !== 'postgres' && name !== 'nats');
    let answered = 0;
    let refused = 0;
    for (const source of services) {
      const asker = await askAs(graph, source);
      const pairs = names.filter((name) => name !== source).map((name) => ({ name, port: portOf(name) }));
      const expected = new Set(graphEdges.filter((edge) => edge.source === source).map((edge) => edge.destination));
      // Until the policies have reached this pod's sidecar and node.
      await until(`${source} to reach ${[...expected].join(', ') || 'nobody'}, and nobody else`, 90_000, async () => {
        const reached = await reachedBy(asker, graph, pairs);
        const wrong = pairs.filter(({ name }) => reached.includes(name) !== expected.has(name)).map(({ name }) => name);
        if (wrong.length > 0) throw new Error(`otherwise: ${wrong.join(', ')}`);
        return true;
      });
      answered += expected.size;
      refused += pairs.length - expected.size;
      await graph.cluster.kubectl('delete', 'pod', `ask-${source}`, '--wait=false');
    }
    if (refused < 20) throw new Error(`only ${refused} non-edges were tried`);
    return `${answered} edges answered, ${refused} others refused`;
  },
};

const portOf = (name: string) => ({ postgres: 5432, nats: 4222 })[name] ?? HTTP_PORT;

const askAs = ({ cluster, release, tag }: Graph, source: string): Promise<Asker> =>
  startAsker(cluster, {
    name: `ask-${source}`,
    image: `tributary/tools:${tag}`,
    labels: { 'app.kubernetes.io/name': source, 'app.kubernetes.io/part-of': release },
    serviceAccount: `${release}-${source}`,
  });

/** Whom the pod reaches. A service without an identity answers 401, the mesh 403; a data store must say something. */
async function reachedBy(asker: Asker, { release }: Graph, pairs: { name: string; port: number }[]): Promise<string[]> {
  const targets = pairs.map(({ name, port }) => ({ name, host: `${release}-${name}`, port }));
  return JSON.parse(await asker.run(`(${askEach})(${JSON.stringify(targets)})`));
}

/** Runs in the pod. */
const askEach = `async (targets) => {
  const net = require('node:net');
  const http = async ({ host }) => {
    const answer = await fetch('http://' + host + '/graphql', {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"query":"{ __typename }"}',
      signal: AbortSignal.timeout(3000),
    });
    await answer.text();
    return answer.status === 401 || answer.status === 200;
  };
  // NATS speaks first. PostgreSQL answers a request for TLS with one letter.
  const tcp = ({ host, port }) => new Promise((resolve) => {
    const socket = net.connect({ host, port, timeout: 3000 });
    const end = (reached) => { socket.destroy(); resolve(reached); };
    socket.on('connect', () => port === 5432 && socket.write(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])));
    socket.on('data', () => end(true));
    for (const event of ['error', 'close', 'timeout']) socket.on(event, () => end(false));
  });
  const reached = await Promise.all(
    targets.map((target) => (target.port === 4000 ? http(target) : tcp(target)).catch(() => false)),
  );
  console.log(JSON.stringify(targets.filter((_, index) => reached[index]).map(({ name }) => name)));
}`;
