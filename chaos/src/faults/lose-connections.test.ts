import { until } from '@tributary/service-kit/testing';
import { expect, it } from 'vitest';
import { freePorts } from '../../../scripts/testing/free-ports.ts';
import type { CuttableEntry } from '../graph/cuttable-entry.ts';
import type { GraphProcesses } from '../graph/graph-processes.ts';
import { createRandom } from '../random.ts';
import { createFaultLog } from './fault-log.ts';
import { loseConnections } from './lose-connections.ts';

it('writes down what was lost, and not what had no connection', async () => {
  const [nobody = 0] = await freePorts(1);
  const tried = { connected: 0, away: 0 };
  const entry = (name: keyof typeof tried): [string, CuttableEntry] => [
    name,
    {
      cut() {
        tried[name]++;
        return name === 'connected';
      },
      close() {},
    },
  ];
  const log = createFaultLog();
  const stop = loseConnections({
    graph: { postgres: { adminUrl: `postgres://127.0.0.1:${nobody}/postgres` } } as GraphProcesses,
    brokerEntries: new Map([entry('connected'), entry('away')]),
    losses: { databaseEveryMs: { from: 1, to: 1 }, brokerEveryMs: { from: 1, to: 1 }, providerChance: 0 },
    random: createRandom(1),
    log,
  });
  await until('both to be tried', () => tried.connected > 3 && tried.away > 3);
  await stop();
  expect(log.faults).toHaveLength(tried.connected);
  for (const fault of log.faults) {
    expect(fault).toMatchObject({ kind: 'broker connection lost', target: 'connected', interrupted: [] });
  }
});
