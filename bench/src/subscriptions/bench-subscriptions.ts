import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { benchDistinctSubscriptions } from './distinct-subscriptions.ts';
import { Figures } from './figures.ts';
import { benchSharedSubscription } from './shared-subscription.ts';

/** Files that a process has open beside its connections. */
const OTHER_FILES = 200;

/**
 * Many idle subscriptions on one gateway: what they take, and how long an event takes to whom it concerns.
 *
 * @throws Error when more is resident than may be, a message is lost, or a slow consumer lives or harms others
 */
export async function benchSubscriptions(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      connections: { type: 'string', default: '10000' },
      /** Shared: one after the other to all connections; distinct: each to one. Default: 20; 4000. */
      events: { type: 'string' },
      distinct: { type: 'boolean', default: false },
    },
  });
  const connections = Number(values.connections);
  checkOpenFiles(connections);
  const folder = mkdtempSync(join(tmpdir(), 'bench-subscriptions-'));
  const figures = new Figures();
  try {
    const bench = values.distinct ? benchDistinctSubscriptions : benchSharedSubscription;
    const events = Number(values.events ?? (values.distinct ? 4000 : 20));
    await bench({ connections, events, folder }, figures);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  figures.assertAll();
}

/** @throws Error where this machine does not let a process have so many connections */
function checkOpenFiles(connections: number): void {
  const most = execFileSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }).trim();
  console.log(`ulimit -n: ${most}`);
  if (most === 'unlimited' || Number(most) >= connections + OTHER_FILES) return;
  throw new Error(
    `A process may have ${most} files open here, and the gateway needs ${connections + OTHER_FILES}: ` +
      'raise it (ulimit -n), or pass --connections N.',
  );
}
