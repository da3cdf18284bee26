import { setTimeout as delay } from 'node:timers/promises';
import type { CuttableEntry } from '../graph/cuttable-entry.ts';
import type { GraphProcesses } from '../graph/graph-processes.ts';
import { SERVICES } from '../graph/graph-settings.ts';
import type { Losses } from '../profiles.ts';
import type { Random } from '../random.ts';
import { databaseConnections } from './database-connections.ts';
import type { FaultLog } from './fault-log.ts';

export interface LoseConnectionsOptions {
  graph: GraphProcesses;
  /** By the process whose way to the broker it is. */
  brokerEntries: ReadonlyMap<string, CuttableEntry>;
  losses: Losses;
  random: Random;
  log: FaultLog;
}

/**
 * Lets services lose connections to database and broker, again and again, until the returned function is called. Only
 * what was really lost is written down; nobody can say which orders it was of.
 */
export function loseConnections({ graph, brokerEntries, losses, random, log }: LoseConnectionsOptions) {
  const ending = new AbortController();
  const again = async (everyMs: { from: number; to: number }, drawn: Random, lose: () => Promise<void> | void) => {
    for (;;) {
      const waited = delay(drawn.between(everyMs.from, everyMs.to), true, { signal: ending.signal });
      if (!(await waited.catch(() => false))) return;
      await lose();
    }
  };

  const database = databaseConnections(graph.postgres.adminUrl, SERVICES, random.fork('lose database connections'));
  const loseDatabase = async () => {
    // A database that is away has no connections to lose.
    const lost = await database.lose().catch(() => undefined);
    if (lost !== undefined) log.add(`database connection lost ${lost.atWork ? 'at work' : 'when idle'}`, lost.of);
  };
  const fromBroker = random.fork('lose broker connections');
  const loseBroker = () => {
    const [name, entry] = fromBroker.pick([...brokerEntries]);
    if (entry.cut()) log.add('broker connection lost', name);
  };

  const running = [
    again(losses.databaseEveryMs, random.fork('when to lose database connections'), loseDatabase),
    again(losses.brokerEveryMs, random.fork('when to lose broker connections'), loseBroker),
  ];
  return async () => {
    ending.abort();
    await Promise.all(running);
    await database.close();
  };
}
