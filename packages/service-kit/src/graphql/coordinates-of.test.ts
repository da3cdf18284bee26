import { buildSchema, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { coordinatesOf } from './coordinates-of.ts';

const schema = buildSchema(`
  directive @live(every: Int) on FIELD
  scalar Json
  enum Order { ASC DESC }
  enum Status { OPEN CLOSED }
  input Near { km: Int }
  input Filter { near: Near, order: Order = ASC, and: [Filter!] }
  interface Node { id: ID }
  type User implements Node { id: ID status: Status users(filter: Filter, order: Order): [User] }
  type Shop { name: String }
  union Found = User | Shop
  type Query { store(json: Json): Int node: Node found: [Found!]! user: User }
`);
const used = (document: string) => [...coordinatesOf(schema, parse(document))].sort();

describe('coordinatesOf', () => {
  it('counts fields, their types, and arguments that are given', () => {
    expect(used('{ user { users(order: DESC) { status } } }')).toEqual(
      ['Order', 'Order.DESC', 'Query', 'Query.user', 'Status', 'User', 'User.status', 'User.users'].concat(
        'User.users(order:)',
      ),
    );
  });

  it('counts what is selected on an interface for the interface, and conditions for their types', () => {
    expect(used('{ node { id } found { ... on Shop { name } ...u } } fragment u on User { id }')).toEqual([
      ...['Found', 'ID', 'Node', 'Node.id', 'Query', 'Query.found', 'Query.node'],
      ...['Shop', 'Shop.name', 'String', 'User', 'User.id'],
    ]);
  });

  it('counts fields and values in literals, in lists and defaults too', () => {
    const literal = used('{ user { users(filter: { and: [{ near: { km: 1 } }] }) { id } } }');
    expect(literal.filter((coordinate) => /^(Filter|Near)/.test(coordinate))).toEqual([
      ...['Filter', 'Filter.and', 'Filter.near', 'Near', 'Near.km'],
    ]);
    expect(used('query ($f: Filter = { order: DESC }) { user { users(filter: $f) { id } } }')).toContain(
      'Filter.order',
    );
  });

  it('takes nothing from the literal of a custom scalar', () => {
    expect(used('{ store(json: { hunter2: SECRET }) }')).toEqual(['Int', 'Query', 'Query.store', 'Query.store(json:)']);
  });

  it('counts an input object that is empty', () => {
    expect(used('{ user { users(filter: {}) { id } } }')).toContain('Filter');
  });

  it('counts the types that a variable can hold, and none of their fields', () => {
    const variable = used('query ($f: [Filter!]) { user { users(filter: { and: $f }) { id } } }');
    expect(variable).toEqual(expect.arrayContaining(['Filter', 'Filter.and', 'Near', 'Order', 'Int']));
    expect(variable).not.toContain('Near.km');
  });

  it('counts directives and their arguments', () => {
    expect(used('query ($e: Int) { user { id @live(every: $e) } }')).toEqual(
      expect.arrayContaining(['@live', '@live(every:)']),
    );
  });
});
