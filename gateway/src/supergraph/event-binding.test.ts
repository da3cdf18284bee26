import { anonymous } from '@tributary/service-kit';
import { EVENTS_IDENTITY } from '@tributary/service-kit/sdl';
import { testEvent } from '@tributary/service-kit/testing';
import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { requiredTopic } from '../subscriptions/event-source.ts';
import { entityOfArguments, entityOfEvent, eventBindings, topicOf, topicOfEvent } from './event-binding.ts';

const bindingsOf = (directive: string, field = 'changed(id: ID!, n: Int): Item', link = EVENTS_IDENTITY) =>
  eventBindings(
    parse(`schema @link(url: "${link}/v1.0", import: ["@eventStream"]) { query: Query subscription: Live }
      type Live @join__type(graph: SHOP) { ${field} ${directive} other: Item } interface Thing { id: ID! }
      type Item @join__type(graph: SHOP, key: "id") @join__type(graph: SHOP, key: "b a") ${ITEM_KEYS} { id: ID! }`),
  );
const ITEM_KEYS = `@join__type(graph: SHOP, key: "sku", resolvable: false) @join__type(graph: STOCK, key: "shelf { id }")
  @join__type(graph: STOCK, key: "number")`;
const stream = (rest: string, types = '["a.b.v1"]') => `@eventStream(types: ${types}, ${rest})`;
const user = { kind: 'user', userId: 'u', roles: [] } as const;

describe('@eventStream', () => {
  it('says which events are heard, and what they are about', () => {
    const all = bindingsOf(stream('entity: "{ id: itemId }", where: "{ itemId: $id, n: $n }", caller: "userId"'));
    const binding = all.get('changed');
    if (binding === undefined || all.size !== 1) throw new Error('it is not bound');
    const event = testEvent('a.b.v1', { data: { itemId: 7, n: 1, userId: 'u' } });
    const topic = topicOf(binding, { id: '7', n: 1 }, user);
    expect(topic).toBeDefined();
    expect(topicOfEvent(binding, event)).toBe(topic);
    expect(entityOfEvent(binding, event)).toEqual({ __typename: 'Item', id: 7 });
    expect(entityOfArguments(binding, { id: '7' })).toEqual({ __typename: 'Item', id: '7' });
    for (const other of [
      topicOf(binding, { id: '7', n: 2 }, user),
      topicOf(binding, { id: '7', n: 1 }, { ...user, userId: 'v' }),
    ]) {
      expect(other).not.toBe(topic);
    }
    expect(topicOf(binding, { id: '7', n: 1 }, anonymous)).toBeUndefined();
    expect(topicOf(binding, { id: '7' }, user)).toBeUndefined();
  });

  it('takes the fields of a key in any order, of the subgraph that has the field', () => {
    expect(bindingsOf(stream('entity: "{ a: x, b: y }"')).size).toBe(1);
    const field = 'changed: Item @join__field(graph: STOCK)';
    expect(bindingsOf(stream('entity: "{ number: x }"'), field).size).toBe(1);
    expect(() => bindingsOf(stream('entity: "{ id: x }"'), field)).toThrow('has no key of Item that is { id }');
  });

  it('does not mix values of two fields up', () => {
    const binding = bindingsOf(stream('entity: "{ id: a }", where: "{ a: $id, b: $n }"')).get('changed');
    if (binding === undefined) throw new Error('it is not bound');
    expect(topicOf(binding, { id: 'a","b', n: 'c' }, anonymous)).not.toBe(
      topicOf(binding, { id: 'a', n: 'b","c' }, anonymous),
    );
  });

  it('names the argument that has no value', () => {
    const binding = bindingsOf(stream('entity: "{ id: a }", where: "{ a: $id, b: $n }"')).get('changed');
    if (binding === undefined) throw new Error('it is not bound');
    expect(() => requiredTopic(binding, { id: '7', n: null }, anonymous)).toThrow('`n` has no value');
    expect(() => requiredTopic({ ...binding, caller: 'userId' }, { id: '7', n: 1 }, anonymous)).toThrow(
      expect.objectContaining({ code: 'UNAUTHENTICATED' }),
    );
  });

  it('is that of the specification alone', () => {
    expect(bindingsOf(stream('entity: "{ id: itemId }"'), undefined, 'https://example.com/events').size).toBe(0);
    expect(bindingsOf('').size).toBe(0);
  });

  it.each([
    ['no types', stream('entity: "{ id: itemId }"', '[]'), 'it names no types of events'],
    ['a wildcard', stream('entity: "{ id: itemId }"', '["a.>"]'), 'a.> is no type of event'],
    ['no entity', stream('entity: "{}"'), 'entity: it names no field of a key'],
    ['an entity that is no object', stream('entity: "id"'), 'entity: expected an object such as { id: orderId }'],
    [
      'an entity by an argument',
      stream('entity: "{ id: $id }"'),
      "entity: id: expected a field of the events' data, as in { id: orderId }",
    ],
    ...[
      ['that is part of a key', 'a'],
      ['beside a key', 'id name'],
      ['by which no entity can be asked for', 'sku'],
      ['of another subgraph', 'number'],
      ['of an object', 'shelf'],
    ].map(([what, fields = '']) => [
      `a field ${what}`,
      stream(`entity: "{ ${fields.split(' ').map((name) => `${name}: x`)} }"`),
      `entity: the field's subgraph has no key of Item that is { ${fields} }`,
    ]),
    [
      'an argument that is not there',
      stream('entity: "{ id: x }", where: "{ x: $y }"'),
      'where: the field has no argument y',
    ],
    [
      'an argument without its sign',
      stream('entity: "{ id: x }", where: "{ x: id }"'),
      'where: x: expected an argument of the field, as in { orderId: $id }',
    ],
  ])('refuses a supergraph for %s', (_what, directive, message) => {
    expect(() => bindingsOf(directive)).toThrow(`Subscription.changed @eventStream: ${message}`);
  });

  it.each(['changed: [Item]', 'changed: Thing', 'changed: ID'])('refuses a supergraph for %s', (field) => {
    expect(() => bindingsOf(stream('entity: "{ id: x }"'), field)).toThrow('the field is not of an object type');
  });
});
