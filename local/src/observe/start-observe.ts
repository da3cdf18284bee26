import { collectorForwarder } from './collector-forwarder.ts';
import { MetricsHistory, type ObservedService } from './metrics-history.ts';
import { isShownMetric } from './metrics-view.ts';
import { startObserveServer } from './observe-server.ts';
import { TraceStore } from './trace-store.ts';

export interface Observer {
  /** Of the page, and where spans go. */
  url: string;
  /** Whose metrics are shown. */
  watch(services: readonly ObservedService[]): void;
  stop(): Promise<void>;
}

/** The trace viewer, before the services that send to it. */
export async function startObserve(options: { host: string; port: number }): Promise<Observer> {
  let metrics: MetricsHistory | undefined;
  const forwarder = collectorForwarder();
  const store = new TraceStore();
  const server = await startObserveServer({ store, forwarder, metrics: () => metrics }, options).catch((error) => {
    forwarder.stop();
    throw error;
  });
  return {
    url: `http://${options.host}:${server.port}`,
    watch(services) {
      metrics = new MetricsHistory(services, isShownMetric);
    },
    async stop() {
      forwarder.stop();
      await server.stop();
    },
  };
}
