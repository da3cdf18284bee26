import { CodedError } from '@tributary/service-kit';
import { describe, expect, it } from 'vitest';
import { LimitExceeded } from '../limits/limit-exceeded.ts';
import { RequestBudget } from '../limits/request-budget.ts';
import { RequestAttempts } from '../overload/request-attempts.ts';
import { RequestShed } from '../overload/request-shed.ts';
import { failureBy, failureIn } from './swap-evidence.ts';

const answered = (...codes: string[]) => ({
  data: '{}',
  errors: codes.map((code) => ({ message: '', code, path: undefined })),
});

describe('what a request says of the supergraph', () => {
  it.each(['INTERNAL_SERVER_ERROR', 'SUBGRAPH_UNAVAILABLE', 'SUBGRAPH_RESPONSE_INVALID', 'DEADLINE_EXCEEDED'])(
    'it failed with %s, whatever else there is',
    (code) => {
      expect(failureIn(answered('BAD_USER_INPUT', code), {})).toBe(true);
    },
  );

  it.each(['BAD_USER_INPUT', 'UNAUTHENTICATED', 'UNAUTHORIZED_FIELD_OR_TYPE', 'SERVICE_UNAVAILABLE', 'LIBRARY_CLOSED'])(
    'it did not fail with %s',
    (code) => {
      expect(failureIn(answered(code), {})).toBe(false);
    },
  );

  it('nothing where too much was under way, or a limit was met', () => {
    const attempts = new RequestAttempts('low');
    attempts.include({ sent: 1, turnedAway: 1 });
    expect(failureIn(answered('SUBGRAPH_UNAVAILABLE'), { attempts })).toBeUndefined();
    const budget = new RequestBudget({ subgraphBytes: 1 } as never, () => {});
    budget.takeBytes(2);
    expect(failureIn(answered('SUBGRAPH_RESPONSE_INVALID'), { budget })).toBeUndefined();
  });

  it('nothing where it was not executed, unless that is a failure', () => {
    const refusals = [new RequestShed('planner'), new LimitExceeded('planning'), new CodedError('DEADLINE_EXCEEDED')];
    expect(refusals.map(failureBy)).toEqual([undefined, undefined, undefined]);
    expect([new CodedError('INTERNAL_SERVER_ERROR'), new TypeError('x')].map(failureBy)).toEqual([true, true]);
  });
});
