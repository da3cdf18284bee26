import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { contractBreaches, contractTable, SPAN_CONTRACT } from './span-contract.ts';
import type { CollectedSpan } from './trace-collector.ts';

/** Biome sets a table's columns to one width. */
const cellsOf = (markdown: string) =>
  markdown
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.split('|').map((cell) => cell.trim().replace(/^-+$/, '---')));

test('docs/tracing.md has the contract’s table', () => {
  const document = readFileSync(new URL('../../../../docs/tracing.md', import.meta.url), 'utf8');
  const [, table = ''] = document.split('<!-- contract -->');
  expect(cellsOf(table)).toEqual(cellsOf(contractTable()));
});

test('docs/tracing.md explains each attribute', () => {
  const document = readFileSync(new URL('../../../../docs/tracing.md', import.meta.url), 'utf8');
  const [, , explained = ''] = document.split('<!-- contract -->');
  const names = new Set(SPAN_CONTRACT.flatMap(({ attributes, optional }) => [...attributes, ...optional]));
  expect([...names].filter((name) => !explained.includes(`\`${name}\``))).toEqual([]);
});

test('what the contract does not have is a breach, and what it wants and is not there', () => {
  const span: CollectedSpan = {
    service: 'orders',
    name: 'batch order',
    kind: 'INTERNAL',
    ...{ traceId: 't', spanId: 's', parentSpanId: undefined, hasFailed: false, links: [], events: [] },
    attributes: { 'graphql.batch.name': 'order', 'graphql.batch.keys': 2 },
    ...{ startMs: 0, endMs: 0 },
  };
  expect(contractBreaches([span])).toEqual([]);
  expect(contractBreaches([{ ...span, attributes: { ...span.attributes, 'enduser.id': 'x' } }])).toEqual([
    'orders: batch order (INTERNAL) has enduser.id',
  ]);
  expect(contractBreaches([{ ...span, attributes: { 'graphql.batch.name': 'order' } }])).toEqual([
    'orders: batch order (INTERNAL) lacks graphql.batch.keys',
  ]);
  expect(contractBreaches([{ ...span, kind: 'CLIENT', name: 'batch order and more' }])).toEqual([
    'orders: no span is called batch order and more (CLIENT)',
  ]);
  expect(contractBreaches([{ ...span, service: 'gateway' }])).toEqual([
    'gateway: no span is called batch order (INTERNAL)',
  ]);
});
