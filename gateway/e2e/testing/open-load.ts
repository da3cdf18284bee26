// A worker: clients that ask at a fixed rate, whether or not they are answered.
import { Agent, request } from 'node:http';
import { parentPort } from 'node:worker_threads';

/** A request that is sent again and again; `$n` in it becomes the number of the request. */
export interface LoadKind {
  readonly name: string;
  readonly query: string;
  readonly perSecond: number;
}

export interface LoadOrder {
  readonly url: string;
  readonly forMs: number;
  /** Longer ones are of no use to whoever asked. */
  readonly patienceMs: number;
  readonly kinds: readonly LoadKind[];
}

/** Of one kind. Times are of each one, in milliseconds, sorted. */
export interface KindReport {
  sent: number;
  /** Answered with data and without errors, in time. */
  good: number;
  /** 503 with `Retry-After`. */
  shed: number;
  /** Anything else. */
  others: Record<string, number>;
  goodMs: number[];
  shedMs: number[];
}

export type LoadReport = Record<string, KindReport>;

const TICK_MS = 4;
const agent = new Agent({ keepAlive: true, maxSockets: 2000, maxFreeSockets: 2000 });
let number = 0;

function send({ url, patienceMs }: LoadOrder, { query }: LoadKind, report: KindReport): Promise<void> {
  report.sent++;
  const body = JSON.stringify({ query: query.replaceAll('$n', String(number++)) });
  const beganMs = performance.now();
  const other = (what: string) => {
    report.others[what] = (report.others[what] ?? 0) + 1;
  };
  return new Promise((resolve) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const sent = request(`${url}/graphql`, { method: 'POST', agent, headers }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => {
        text += chunk;
      });
      response.on('end', () => {
        const tookMs = performance.now() - beganMs;
        const isGood = response.statusCode === 200 && text.startsWith('{"data"');
        if (isGood && tookMs <= patienceMs) {
          report.good++;
          report.goodMs.push(tookMs);
        } else if (response.statusCode === 503 && response.headers['retry-after'] !== undefined) {
          report.shed++;
          report.shedMs.push(tookMs);
        } else other(isGood ? 'late' : `${response.statusCode} ${/"code":"(\w+)"/.exec(text)?.[1]}`);
        resolve();
      });
    });
    sent.on('error', (error: NodeJS.ErrnoException) => {
      other(String(error.code));
      resolve();
    });
    sent.end(body);
  });
}

async function load(order: LoadOrder): Promise<LoadReport> {
  const beganMs = performance.now();
  const asked: Promise<void>[] = [];
  const reports: LoadReport = {};
  const kinds = order.kinds.map((kind) => {
    const report: KindReport = { sent: 0, good: 0, shed: 0, others: {}, goodMs: [], shedMs: [] };
    reports[kind.name] = report;
    return { kind, report };
  });
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const sinceMs = Math.min(performance.now() - beganMs, order.forMs);
      for (const { kind, report } of kinds) {
        const due = Math.floor((sinceMs * kind.perSecond) / 1000);
        while (report.sent < due) asked.push(send(order, kind, report));
      }
      if (sinceMs < order.forMs) return;
      clearInterval(timer);
      resolve();
    }, TICK_MS);
  });
  await Promise.all(asked);
  for (const { goodMs, shedMs } of Object.values(reports))
    for (const times of [goodMs, shedMs]) times.sort((a, b) => a - b);
  return reports;
}

parentPort?.on('message', async (order: LoadOrder) => parentPort?.postMessage(await load(order)));
