import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { EventDefinition, JsonSchema } from '../../packages/service-kit/src/index.ts';
import { eventsOf, loadEventCatalogue } from '../../schema/src/index.ts';
import { eventSchemas } from '../generate/event-schemas.ts';
import { sampleOf, seededRandom } from '../testing/sample-of.ts';
import { catalogueFindings } from './catalogue-findings.ts';

const SAMPLES = 300;
const root = fileURLToPath(new URL('../..', import.meta.url));
const catalogue = await loadEventCatalogue(root);
const published = new Map(
  eventSchemas(root, catalogue).map(({ path, content }) => {
    const { title, properties } = JSON.parse(content ?? '{}');
    return [title ?? path, properties?.data as JsonSchema];
  }),
);
const definitionOf = (name: string, of: 'says' | 'hears', type: string): EventDefinition<unknown> => {
  const found = catalogue.find((subgraph) => subgraph.name === name)?.[of].find((event) => event.type === type);
  if (found === undefined) throw new Error(`${name} does not define ${type}`);
  return found;
};

describe('the events of this repository', () => {
  test('are named as they should be, and each is taken by all that hear it', () => {
    expect(catalogueFindings(catalogue)).toEqual([]);
    expect(catalogue.flatMap(({ hears }) => hears).length).toBeGreaterThan(0);
  });

  test.each(catalogue.flatMap(({ name, says }) => says.map(({ type }) => [type, name])))(
    '%s: what fits the published schema fits the definition',
    (type, name) => {
      const { data } = definitionOf(name, 'says', type);
      for (const sample of samplesOf(type)) expect(data.safeParse(sample).success, JSON.stringify(sample)).toBe(true);
    },
  );

  test.each(catalogue.flatMap(({ name, hears }) => hears.map(({ type }) => [name, type])))(
    '%s takes whatever %s may say',
    (name, type) => {
      const { data } = definitionOf(name, 'hears', type);
      for (const sample of samplesOf(type)) expect(data.safeParse(sample).success, JSON.stringify(sample)).toBe(true);
    },
  );
});

function samplesOf(type: string): unknown[] {
  const schema = published.get(type);
  if (schema === undefined) throw new Error(`${type} is not published`);
  const random = seededRandom(1);
  return Array.from({ length: SAMPLES }, () => sampleOf(schema, random));
}

describe('it is found', () => {
  const placed = definitionOf('orders', 'says', 'orders.order.placed.v1').data;
  const voided = definitionOf('orders', 'says', 'orders.payment.voided.v1').data;
  const published = { subject: 'orderId', description: 'A test.' };
  const says = (type: string, data = placed) => ({ type, data, published });
  const shop = (...definitions: EventDefinition<unknown>[]) => eventsOf('shop', { ...definitions });
  const mail = (type: string, data = placed) => eventsOf('mail', { heard: { type, data } });

  test('nothing, where all is well', () => {
    const all = [mail('shop.order.placed.v1', voided), shop(says('shop.order.placed.v1'), says('shop.order.sent.v12'))];
    expect(catalogueFindings(all)).toEqual([]);
  });

  test('that what is heard is not said', () => {
    const found = catalogueFindings([mail('shop.order.placed.v1'), shop(says('shop.order.sent.v1'))]);
    expect(found).toEqual(['mail hears shop.order.placed.v1, which nobody says']);
  });

  test('that another version is said', () => {
    const found = catalogueFindings([mail('shop.order.placed.v1'), shop(says('shop.order.placed.v2'))]);
    expect(found).toEqual(['mail hears shop.order.placed.v1, which nobody says: there is shop.order.placed.v2']);
  });

  test.each(['shop.order.placed', 'shop.placed.v1', 'shop.order.placed.v0', 'shop.Order.placed.v1'])(
    'that %s is no name',
    (type) => {
      const reason = 'which is not <service>.<aggregate>.<what happened>.v<major>';
      expect(catalogueFindings([shop(says(type))])).toEqual([`shop says ${type}, ${reason}`]);
    },
  );

  test('that a type is defined twice', () => {
    const found = catalogueFindings([shop(says('shop.order.placed.v1'), says('shop.order.placed.v1'))]);
    expect(found).toEqual(['shop defines shop.order.placed.v1 twice']);
  });

  test('that a consumer reads fields which the producer does not send', () => {
    const found = catalogueFindings([mail('shop.order.placed.v1'), shop(says('shop.order.placed.v1', voided))]);
    expect(found).toEqual(
      ['customerId', 'number', 'total'].map(
        (field) => `mail does not take every shop.order.placed.v1 that shop may say: data.${field} may be missing`,
      ),
    );
  });

  test('that a producer gives no meaning', () => {
    const silent = shop({ type: 'shop.order.placed.v1', data: placed });
    expect(() => eventSchemas(root, [silent])).toThrow('shop.order.placed.v1: its producer gives no subject');
  });
});

test('the definitions of a module are told apart by who says them', () => {
  const own = { type: 'orders.order.placed.v1', data: {} };
  const other = { type: 'orderships.order.placed.v1', data: {} };
  expect(eventsOf('orders', { own, other, REASONS: ['A'], nothing: null })).toEqual({
    name: 'orders',
    says: [own],
    hears: [other],
  });
});

test('the samples reach both ends of a range, where a bound that is off by one shows', () => {
  const amounts = samplesOf('orders.payment.requested.v1') as { amount: { amountMinor: number } }[];
  const minor = amounts.map(({ amount }) => amount.amountMinor);
  expect([Math.min(...minor), Math.max(...minor)]).toEqual([1, 2 ** 31 - 1]);
});
