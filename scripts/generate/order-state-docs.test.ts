import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { ORDER_STATUSES, ORDER_TRIGGERS, orderTransitions } from '../../subgraphs/orders/src/index.ts';
import { orderStateDocs } from './order-state-docs.ts';

const text = orderStateDocs(fileURLToPath(new URL('../..', import.meta.url)));

it('the chart and the table have every step that the code allows, and no other', () => {
  const arrows = [...text.matchAll(/^ {4}(\w+) --> (\w+): (.+)$/gm)].flatMap(([, from, to, triggers = '']) =>
    triggers.split(' / ').map((trigger) => `${from} ${trigger} ${to}`),
  );
  const rows = [...text.matchAll(/^\| `(\w+)` \| `(\w+)` \| (?:\(stays\)|`(\w+)`)/gm)].map(
    ([, from, trigger, to = from]) => `${from} ${trigger} ${to}`,
  );
  const allowed = ORDER_STATUSES.flatMap((from) =>
    ORDER_TRIGGERS.flatMap((trigger) => {
      const to = orderTransitions[trigger][from]?.to;
      return to === undefined ? [] : [`${from} ${trigger} ${to}`];
    }),
  );
  const moving = allowed.filter((step) => step.split(' ')[0] !== step.split(' ')[2]);
  expect(rows.toSorted()).toEqual(allowed.toSorted());
  expect(arrows.toSorted()).toEqual(moving.toSorted());
});

it('the chart ends where no step leads on', () => {
  expect([...text.matchAll(/^ {4}(\w+) --> \[\*\]$/gm)].map(([, status]) => status)).toEqual(['CANCELLED']);
});
