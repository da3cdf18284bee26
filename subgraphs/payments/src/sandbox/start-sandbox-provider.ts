import type { DatabaseSync } from 'node:sqlite';
import { trace } from '@opentelemetry/api';
import {
  type Component,
  createHttpServer,
  createLogger,
  createMetrics,
  Lifecycle,
  type Logger,
  type SharedParts,
} from '@tributary/service-kit';
import { openLedgerFile } from './ledger-file.ts';
import { createReportQueue } from './report-queue.ts';
import { createReportSender, type ReportSender } from './report-sender.ts';
import type { SandboxConfig } from './sandbox-config.ts';
import { createSandboxLedger } from './sandbox-ledger.ts';
import { sandboxRoutes } from './sandbox-routes.ts';
import { createStatement } from './statement.ts';
import { createUnansweredRequests } from './unanswered-requests.ts';

const SERVICE = 'sandbox-provider';
/** Far above what a request has. */
const BODY_LIMIT_BYTES = 16 * 1024;
/** The slowest card takes 1.5 s. */
const KEEP_ALIVE_GRACE_MS = 300;
const DRAIN_TIMEOUT_MS = 10_000;

export interface RunningSandboxProvider {
  /** Base URL. */
  readonly url: string;
  readonly log: Logger;
  /** Answers what was asked, then closes the file. */
  stop(): Promise<void>;
}

/**
 * A payment provider for development and tests, with test cards in place of banks: a server with books of its own, so
 * that it remembers what its caller never heard of.
 */
export async function startSandboxProvider(
  config: SandboxConfig,
  shared: Pick<SharedParts, 'logDestination'> = {},
): Promise<RunningSandboxProvider> {
  const { logDestination: destination } = shared;
  const log = createLogger({
    service: SERVICE,
    level: config.log.level,
    ...(destination === undefined ? {} : { destination }),
  });
  const db = openLedgerFile(config.file);
  const queue = createReportQueue(db, config.webhooks);
  const sender = createSender(config.webhooks, queue, log);
  const ledger = createSandboxLedger(db, (movement) => {
    if (sender === undefined) return;
    queue.add(movement);
    // Once the transaction is over, which ends before anything else has its turn.
    setImmediate(sender.wake);
  });
  const unanswered = createUnansweredRequests();
  const http = createHttpServer({
    ...config.server,
    bodyLimitBytes: BODY_LIMIT_BYTES,
    keepAliveGraceMs: KEEP_ALIVE_GRACE_MS,
    log,
    metrics: createMetrics({ service: SERVICE, processMetrics: false }),
    tracer: trace.getTracer(SERVICE),
  });
  sandboxRoutes({ apiKey: config.apiKey, ledger, statement: createStatement(db), unanswered })(http.app);
  const lifecycle = new Lifecycle(log, DRAIN_TIMEOUT_MS);
  await lifecycle.start([closing(db), ...(sender === undefined ? [] : [sender]), http, unanswered]);
  return { url: `http://127.0.0.1:${http.port}`, log, stop: () => lifecycle.stop() };
}

const closing = (db: DatabaseSync): Component => ({ name: 'ledger', stop: () => db.close() });

function createSender(
  { url, secret }: SandboxConfig['webhooks'],
  queue: ReturnType<typeof createReportQueue>,
  log: Logger,
): ReportSender | undefined {
  return url === undefined || secret === undefined ? undefined : createReportSender({ queue, url, secret, log });
}
