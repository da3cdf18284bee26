import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePorts } from '../../../../scripts/testing/free-ports.ts';
import { type StartedProcess, startProcess } from '../start-process.ts';
import type { Contender, Setup } from './contender.ts';

export interface RunningContender {
  readonly contender: Contender;
  readonly sharing: boolean;
  readonly port: number;
  readonly pid: number;
}

const START_TIMEOUT_MS = 60_000;
const LOOK_EVERY_MS = 50;

/** Resolves when the gateway answers a query. @throws Error when it does not within a minute, or has ended */
export async function startContender(contender: Contender, setup: Omit<Setup, 'port'>): Promise<RunningContender> {
  const [port = 0] = await freePorts(1);
  const name = setup.sharing ? `${contender.name}-sharing` : contender.name;
  const started = startProcess(name, contender.command({ ...setup, port }), join(setup.folder, `${name}.log`));
  await untilAnswering(port, started);
  return { contender, sharing: setup.sharing, port, pid: started.pid };
}

async function untilAnswering(port: number, { assertRuns }: StartedProcess): Promise<void> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (!(await answers(port))) {
    assertRuns();
    if (performance.now() > deadline) throw new Error(`nothing answers on port ${port}`);
    await delay(LOOK_EVERY_MS);
  }
}

const answers = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ __typename }' }),
  }).then(
    ({ ok }) => ok,
    () => false,
  );
