import { trace } from '@opentelemetry/api';
import { createHttpServer, type HttpServer } from '../http/http-server.ts';
import { createLogger } from '../log/logger.ts';
import { createMetrics, type Metrics } from '../metrics/metrics.ts';
import { enableContextPropagation } from '../tracing/context.ts';

export interface TestHttpServer extends AsyncDisposable {
  http: HttpServer;
  url: string;
  metrics: Metrics;
  /** Its log so far. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads lines of many shapes
  lines(): any[];
}

/** Our HTTP server on a free port, with the routes that `addRoutes` gives it. */
export async function startTestHttpServer(
  addRoutes: (app: HttpServer['app']) => void,
  { keepAliveGraceMs = 300, tracer = trace.getTracer('test') } = {},
): Promise<TestHttpServer> {
  enableContextPropagation();
  const written: string[] = [];
  const metrics = createMetrics({ service: 'test', processMetrics: false });
  const http = createHttpServer({
    host: '127.0.0.1',
    port: 0,
    bodyLimitBytes: 1024,
    keepAliveGraceMs,
    log: createLogger({ service: 'test', destination: { write: (line) => written.push(line) } }),
    metrics,
    tracer,
  });
  addRoutes(http.app);
  await http.start?.();
  return {
    http,
    url: `http://127.0.0.1:${http.port}`,
    metrics,
    lines: () => written.map((line) => JSON.parse(line)),
    async [Symbol.asyncDispose]() {
      await http.stop?.();
    },
  };
}
