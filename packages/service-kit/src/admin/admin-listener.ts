import Fastify from 'fastify';
import { listen } from '../http/listen.ts';
import type { Component, LifecycleState } from '../lifecycle/lifecycle.ts';
import type { Logger } from '../log/logger.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { CONTENT_TYPES, metricsFormat } from '../metrics/metrics-format.ts';
import { addLogLevel } from './log-level.ts';

export interface AdminListenerOptions {
  host: string;
  /** 0 takes a free port. */
  port: number;
  /** Whose level can be changed. */
  log: Logger;
  metrics: Metrics;
  state: () => LifecycleState;
  /** What must answer for the service to be of use, for example its database. Resolves, or throws. */
  checks: Readonly<Record<string, () => Promise<unknown>>>;
}

export interface AdminListener extends Component {
  readonly port: number;
}

const CHECK_TIMEOUT_MS = 1000;

/**
 * The port that only the platform reaches: `/metrics` (Prometheus; as OpenMetrics, with exemplars, to who prefers it),
 * `/health/live` (the process answers) and `/health/ready` (started, not draining, and every check passes; 503 with the
 * names of what does not), `/log/level`.
 */
export function createAdminListener(options: AdminListenerOptions): AdminListener {
  const app = Fastify({ logger: false, forceCloseConnections: true });
  app.get('/metrics', async (request, reply) => {
    const format = metricsFormat(request.headers.accept);
    reply.type(CONTENT_TYPES[format]).header('vary', 'accept');
    return options.metrics.scrape(format);
  });
  addLogLevel(app, options.log);
  app.get('/health/live', async () => ({ status: 'live' }));
  app.get('/health/ready', async (_request, reply) => {
    const state = options.state();
    const failing = state === 'ready' ? await failingChecks(options.checks) : [];
    if (state !== 'ready' || failing.length > 0) reply.code(503);
    return { status: state, failing };
  });
  return {
    name: 'admin',
    get port() {
      const address = app.server.address();
      return typeof address === 'object' && address !== null ? address.port : options.port;
    },
    start: () => listen(app, options),
    stop: () => app.close(),
  };
}

async function failingChecks(checks: AdminListenerOptions['checks']): Promise<string[]> {
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => {
      const timeout = new Promise<never>((_, reject) => setTimeout(reject, CHECK_TIMEOUT_MS).unref());
      return Promise.race([check(), timeout]).then(
        () => undefined,
        () => name,
      );
    }),
  );
  return results.filter((name) => name !== undefined);
}
