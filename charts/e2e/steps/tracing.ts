import { randomBytes } from 'node:crypto';
import { allAnswered, startClients } from '../graph.ts';
import { type StoredSpan, startTraceStore } from '../trace-store.ts';
import { until } from '../until.ts';
import type { Step } from './step.ts';

const SUBGRAPHS = ['inventory', 'notifications', 'orders', 'payments', 'users'];
const SERVICES = ['gateway', ...SUBGRAPHS];

/** One trace from the ingress through the gateway to every subgraph: each proxy's span stands between those of two services. */
export const tracing: Step = {
  name: 'tracing',
  async run(graph) {
    const store = await startTraceStore(graph.cluster);
    try {
      // The first requests may be over before the proxies know the store: another trace is asked for then.
      const spans = await until('a whole trace', 120_000, async () => {
        const traceId = randomBytes(16).toString('hex');
        const headers = { traceparent: `00-${traceId}-${randomBytes(8).toString('hex')}-01` };
        const load = await startClients(graph, 'traced', { headers, workers: 1, seconds: 1, pauseMs: 2000 });
        allAnswered('traced', await load.result(), 1);
        return await until('its spans', 20_000, async () => {
          const found = await store.spans(traceId);
          for (const service of SERVICES) pathToIngress(found, service);
          return found;
        });
      });
      const path = pathToIngress(spans, 'gateway');
      // Of others only its own proxy's may stand between.
      if (path.length > 3) throw new Error(`the ingress's span is no parent of the gateway's: ${path.join(' < ')}`);
      const services = new Set(spans.map(({ service }) => service));
      return `one trace of ${spans.length} spans by ${services.size} services and proxies; ${path.join(' < ')}`;
    } finally {
      await store.stop();
    }
  },
};

/**
 * From the last request that a service answered to the ingress that let it in: the services of its parents, each once for
 * all of its spans in a row.
 *
 * @throws Error unless each request that it answered has such a path
 */
function pathToIngress(spans: readonly StoredSpan[], service: string): string[] {
  const byId = new Map(spans.map((span) => [span.id, span]));
  const answered = spans.filter((span) => span.service === service && span.kind === 'server');
  if (answered.length === 0) throw new Error(`no request to ${service}; there are ${describe(spans)}`);
  let path: string[] = [];
  for (const span of answered) {
    path = [];
    for (let at: StoredSpan | undefined = span; at !== undefined; at = byId.get(at.parentId ?? '')) {
      if (path.at(-1) !== at.service) path.push(at.service);
    }
    if (!path.at(-1)?.startsWith('istio-ingress')) throw new Error(`${path.join(' < ')}; ${describe(spans)}`);
  }
  return path;
}

const describe = (spans: readonly StoredSpan[]) =>
  [...new Set(spans.map(({ service, kind }) => `${service} (${kind})`))].join(', ');
