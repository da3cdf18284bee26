import { buildSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { impliedUsage } from './implied-usage.ts';

const schema = buildSchema(`
  enum Status { OPEN CLOSED }
  enum Order { ASC DESC }
  interface Node { id: ID! near(km: Int, limit: Int): Node }
  interface Named implements Node { id: ID! near(km: Int, limit: Int): Node name: String }
  type User implements Node & Named { id: ID! near(km: Int, limit: Int): User name: String status: Status }
  type Shop { id: ID! }
  union Found = User | Shop
  type Query { node(order: Order): Node found: Found user: User }
`);
const implied = (...used: string[]) =>
  [...impliedUsage(schema, new Set(used))].filter((coordinate) => !used.includes(coordinate)).sort();

describe('impliedUsage', () => {
  it('is a field of each type that implements the interface, and the arguments that are given', () => {
    expect(implied('Node.near', 'Node.near(km:)')).toEqual([
      'Named.near',
      'Named.near(km:)',
      'Node',
      'User',
      'User.near',
      'User.near(km:)',
    ]);
  });

  it('is the types that can come where an interface or a union does', () => {
    expect(implied('Node')).toEqual(['User']);
    expect(implied('Found')).toEqual(['Shop', 'User']);
  });

  it('is the values that can come where an enum does, and not where it is sent', () => {
    expect(implied('User.status')).toEqual(['Status', 'Status.CLOSED', 'Status.OPEN']);
    expect(implied('Query.node(order:)', 'Order', 'Order.ASC')).toEqual([]);
  });

  it('is nothing of what a field of a type alone implies', () => {
    expect(implied('User.name', 'String')).toEqual([]);
  });
});
