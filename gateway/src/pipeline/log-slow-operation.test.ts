import type { Logger } from '@tributary/service-kit';
import { type OperationDefinitionNode, parse } from 'graphql';
import { expect, it, vi } from 'vitest';
import type { Exchange } from './exchange.ts';
import { logSlowOperation } from './log-slow-operation.ts';

const document = parse('{ a }');
const [operation] = document.definitions as [OperationDefinitionNode];

/** What is said of an operation that took 1.2 s of which it waited so long to be let in. */
function linesFor(waitedMs: number): unknown[] {
  const warn = vi.fn();
  const exchange = {
    ...{
      request: { id: 'r1', accessFields: {} },
      document: { document },
      operation,
      view: { planOf: () => undefined },
    },
    ...{ tookMs: 1200, waitedMs },
  };
  logSlowOperation(exchange as unknown as Exchange, 1000, { warn } as unknown as Logger);
  return warn.mock.calls.map(([fields]) => fields);
}

it('tells of an operation that is slow by itself, not of one that waited to be let in', () => {
  expect(linesFor(150)).toEqual([expect.objectContaining({ request_id: 'r1', duration_ms: 1050 })]);
  expect(linesFor(250)).toEqual([]);
});
