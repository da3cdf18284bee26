import type { Component, Logger, Secret } from '@tributary/service-kit';
import { Agent, request } from 'undici';
import { signatureOf } from '../provider/webhook-signature.ts';
import type { DueReport, ReportQueue } from './report-queue.ts';

const CONCURRENCY = 8;
/** A merchant that does not answer in time is told again. */
const TIMEOUT_MS = 5000;
/** While others are being sent. */
const LOOK_AGAIN_MS = 100;
const FIRST_RETRY_MS = 500;
const MAX_RETRY_MS = 60_000;
/** Of an answer, no more is read: only its status counts. */
const MAX_ANSWER_BYTES = 16 * 1024;

const dispatcher = new Agent({ connections: CONCURRENCY });

export interface ReportSender extends Component {
  /** Looks for reports now. */
  wake(): void;
}

interface Parts {
  queue: Omit<ReportQueue, 'add'>;
  url: string;
  secret: Secret;
  log: Logger;
}

/** Sends reports until each was answered with a 2xx: at least once, side by side, so in no order that can be relied on. */
export function createReportSender({ queue, log, ...merchant }: Parts): ReportSender {
  const sending = new Map<string, Promise<void>>();
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  function wake(): void {
    if (stopped) return;
    clearTimeout(timer);
    try {
      look();
    } catch (error) {
      lookLater(error);
    }
  }

  /** The table could not be read or written. */
  function lookLater(error: unknown): void {
    log.error({ err: error }, 'webhooks are looked for later');
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(wake, FIRST_RETRY_MS);
  }

  function look(): void {
    // Those that are being sent are still due in the table.
    for (const report of queue.due(2 * CONCURRENCY)) {
      if (sending.size >= CONCURRENCY) return;
      start(report);
    }
    const nextMs = queue.nextDueMs();
    if (nextMs !== undefined)
      timer = setTimeout(wake, Math.max(sending.size === 0 ? 0 : LOOK_AGAIN_MS, nextMs - Date.now()));
  }

  function start(report: DueReport): void {
    const name = `${report.id} ${report.copy}`;
    if (sending.has(name)) return;
    const sent = send(report).then(
      () => {
        sending.delete(name);
        wake();
      },
      (error: unknown) => {
        sending.delete(name);
        lookLater(error);
      },
    );
    sending.set(name, sent);
  }

  async function send(report: DueReport): Promise<void> {
    try {
      await post(merchant, report.body);
    } catch (error) {
      const waitMs = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(report.attempts, 10));
      queue.postpone(report, waitMs);
      log.info({ report_id: report.id, attempts: report.attempts + 1, err: error }, 'webhook not delivered');
      return;
    }
    queue.delivered(report);
  }

  return {
    name: 'webhooks',
    wake,
    start: wake,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await Promise.all(sending.values());
    },
  };
}

/** @throws Error where the merchant has not taken it */
async function post({ url, secret }: Pick<Parts, 'url' | 'secret'>, body: string): Promise<void> {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = `t=${timestamp},v1=${signatureOf(secret.reveal(), timestamp, Buffer.from(body))}`;
  const { statusCode, body: answer } = await request(url, {
    dispatcher,
    method: 'POST',
    headers: { 'content-type': 'application/json', 'payment-signature': signature },
    body,
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  await answer.dump({ limit: MAX_ANSWER_BYTES });
  if (statusCode < 200 || statusCode > 299) throw new Error(`the merchant answered with ${statusCode}`);
}
