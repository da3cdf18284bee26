import { expect, test } from 'vitest';
import { knownCode, operationOutcome, tellingCode } from './operation-outcome.ts';

test.each([
  ['success', [], true],
  ['success', [], false],
  ['refused', ['FORBIDDEN'], true],
  ['refused', ['UNAUTHENTICATED', 'BAD_USER_INPUT'], false],
  ['partial', ['FORBIDDEN', 'SUBGRAPH_UNAVAILABLE'], true],
  ['failure', ['FORBIDDEN', 'SUBGRAPH_UNAVAILABLE'], false],
  ['failure', ['DEADLINE_EXCEEDED'], false],
  ['partial', ['other'], true],
] as const)('%s: %j, data: %j', (outcome, codes, hasData) => {
  expect(operationOutcome(codes, hasData)).toBe(outcome);
});

test.each([
  [['FORBIDDEN'], 'FORBIDDEN'],
  [['FORBIDDEN', 'BAD_USER_INPUT'], 'FORBIDDEN'],
  [['FORBIDDEN', 'DEADLINE_EXCEEDED', 'INTERNAL_SERVER_ERROR'], 'DEADLINE_EXCEEDED'],
  [['FORBIDDEN', 'other'], 'other'],
])('of %j, a line names %s', (codes, told) => {
  expect(tellingCode(codes)).toBe(told);
});

test.each([
  ['FORBIDDEN', 'FORBIDDEN'],
  ['OUT_OF_CHEESE', 'other'],
  ['toString', 'other'],
  [undefined, 'other'],
  [7, 'other'],
])('the code %j counts as %s', (code, known) => {
  expect(knownCode(code)).toBe(known);
});
