import { expect, it } from 'vitest';
import { createRandom } from '../random.ts';
import { asksProvider, POSITIONS, stepName } from '../steps/step-name.ts';
import { createFaultLog } from './fault-log.ts';
import { createCallLoser } from './lose-calls.ts';

const BEFORE = stepName(asksProvider('capture'), POSITIONS.beforeProvider);
const AFTER = stepName(asksProvider('capture'), POSITIONS.afterProvider);

it('loses calls and answers while faults go on, and says of which payment', () => {
  const log = createFaultLog();
  const calls = createCallLoser(1, createRandom(1), log);
  expect(calls.loses('payments-1', BEFORE, 'payment:p')).toBe(false);
  calls.start();
  expect(calls.loses('payments-1', BEFORE, 'payment:p')).toBe(true);
  expect(calls.loses('payments-2', AFTER, 'payment:q')).toBe(true);
  calls.stop();
  expect(calls.loses('payments-1', AFTER, 'payment:p')).toBe(false);
  expect(log.faults).toMatchObject([
    { kind: 'provider call lost', target: 'payments-1', interrupted: ['payment:p'] },
    { kind: 'provider answer lost', target: 'payments-2', interrupted: ['payment:q'] },
  ]);
});

it('writes nothing down that it did not lose', () => {
  const log = createFaultLog();
  const calls = createCallLoser(0, createRandom(1), log);
  calls.start();
  expect(calls.loses('payments-1', BEFORE, 'payment:p')).toBe(false);
  expect(log.faults).toEqual([]);
});
