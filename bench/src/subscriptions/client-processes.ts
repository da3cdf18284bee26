import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ClientReport, Clients, ToClients } from './clients.ts';

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

/** @throws Error when a connection ends meanwhile */
export async function untilSubscribed(children: readonly ChildProcess[], count: number): Promise<void> {
  for (;;) {
    await delay(200);
    const reports = await Promise.all(children.map(reportOf));
    const ended = reports.reduce((sum, report) => sum + report.ended, 0);
    if (ended > 0)
      throw new Error(`${ended} connections have ended, by ${reports.flatMap((each) => each.closeCodes).slice(0, 5)}`);
    if (reports.reduce((sum, { subscribed }) => sum + subscribed, 0) >= count) return;
  }
}
