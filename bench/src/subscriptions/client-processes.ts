import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ClientReport, Clients, ToClients } from './clients.ts';

/** A second, in which nobody is refused any more. */
const SETTLED_REPORTS = 5;

/** A process of clients, which open their connections and subscribe. */
export function startClients(clients: Clients): ChildProcess {
  const child = fork(fileURLToPath(new URL('clients.ts', import.meta.url)), {
    execArgv: ['--import', fileURLToPath(new URL('../../../packages/service-kit/register.mjs', import.meta.url))],
  });
  child.send(clients);
  return child;
}

/** What the process has seen; latencies since it was asked last. */
export async function reportOf(child: ChildProcess): Promise<ClientReport> {
  child.send('report' satisfies ToClients);
  const [report] = await once(child, 'message');
  return report as ClientReport;
}

/** @returns the ids of those that are refused for good @throws Error when a connection ends meanwhile */
export async function untilSubscribed(children: readonly ChildProcess[], count: number): Promise<readonly string[]> {
  for (let settledReports = 0; ; ) {
    await delay(200);
    const reports = await Promise.all(children.map(reportOf));
    const ended = reports.reduce((sum, report) => sum + report.ended, 0);
    if (ended > 0)
      throw new Error(`${ended} connections have ended, by ${reports.flatMap((each) => each.closeCodes).slice(0, 5)}`);
    const refused = reports.flatMap((each) => each.refused);
    const subscribed = reports.reduce((sum, each) => sum + each.subscribed, 0);
    // Whoever was just told so may be refused yet.
    settledReports = subscribed + refused.length < count ? 0 : settledReports + 1;
    if (settledReports === SETTLED_REPORTS) return refused;
  }
}
