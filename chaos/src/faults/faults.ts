import { setTimeout as delay } from 'node:timers/promises';
import type { CuttableEntry } from '../graph/cuttable-entry.ts';
import type { GraphProcesses } from '../graph/graph-processes.ts';
import type { Profile } from '../profiles.ts';
import type { Random } from '../random.ts';
import { copyEvents } from './copy-events.ts';
import type { FaultLog } from './fault-log.ts';
import { killAtRandom } from './kill-at-random.ts';
import type { StepKiller } from './kill-at-steps.ts';
import type { CallLoser } from './lose-calls.ts';
import { loseConnections } from './lose-connections.ts';

export interface FaultsOptions {
  graph: GraphProcesses;
  profile: Profile;
  random: Random;
  log: FaultLog;
  killer: StepKiller;
  calls: CallLoser;
  /** See `loseConnections`. */
  brokerEntries: ReadonlyMap<string, CuttableEntry>;
}

/** Copies come within so long after the original: before, between and after the events that follow it. */
const COPIED_WITHIN_MS = 10_000;
/** A database that is away for less would hardly be noticed. */
const DATABASE_AWAY_MS = 2000;

/** Begins all faults of a profile. The returned function ends them, once whatever was stopped is running again. */
export function beginFaults(options: FaultsOptions): () => Promise<void> {
  const { graph, profile, random, log, killer, calls } = options;
  const ending = new AbortController();
  const timed: Promise<void>[] = [];
  const at = (ms: number, fault: () => Promise<void>) =>
    timed.push(delay(ms, undefined, { signal: ending.signal }).then(fault, () => {}));

  killer.start();
  calls.start();
  const { killAtRandomEveryMs: everyMs, brokerOutage, copies, losses } = profile;
  const stopKilling =
    everyMs === undefined ? () => {} : killAtRandom(graph.processes, random.fork('kill at random'), everyMs);
  if (brokerOutage !== undefined) at(brokerOutage.atMs, () => stopBroker(graph, log, brokerOutage.forMs));
  for (const ms of profile.databaseCrashesAtMs) at(ms, () => crashDatabase(graph, log));
  const stopLosing = losses === undefined ? () => {} : loseConnections({ ...options, losses });
  const stopCopying =
    copies === 0
      ? () => {}
      : copyEvents({
          databaseUrl: graph.postgres.adminUrl,
          brokerPort: graph.broker.port,
          random: random.fork('copy events'),
          copies,
          withinMs: COPIED_WITHIN_MS,
          onCopied: (type) => log.add('event copied', type),
        });

  return async () => {
    ending.abort();
    stopKilling();
    killer.stop();
    calls.stop();
    await Promise.all([...timed, stopLosing()]);
    await stopCopying();
  };
}

async function stopBroker({ broker }: GraphProcesses, log: FaultLog, forMs: number): Promise<void> {
  log.add('broker killed', 'broker');
  const end = log.begin('broker');
  await broker.stop('SIGKILL');
  await delay(forMs);
  await broker.start();
  end();
}

async function crashDatabase({ postgres }: GraphProcesses, log: FaultLog): Promise<void> {
  log.add('database crashed', 'database');
  const end = log.begin('database');
  await postgres.crash();
  await delay(DATABASE_AWAY_MS);
  await postgres.start();
  end();
}
