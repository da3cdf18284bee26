import { beforeAll, describe, expect, test } from 'vitest';
import { type AccessFields, inOperation } from '../log/operation-context.ts';
import { enableContextPropagation } from './context.ts';
import { operationBaggage, readOperationBaggage } from './operation-baggage.ts';

beforeAll(enableContextPropagation);

const told = (fields: AccessFields) => inOperation({ requestId: 'r', fields }, operationBaggage);

describe('whose operation it is, in baggage', () => {
  const names = {
    operation: 'PlaceOrder',
    operation_type: 'mutation',
    client: '@acme/iOS App',
    client_version: '1.0.0-beta.4+f00d',
    line: '2',
  };

  test('is what an access line says of it, and nothing else of that', () => {
    const fields = { ...names, user: 'hashed', cost: 3, denied: 'User.email' };
    expect(told(fields)).toBe(
      'graph.operation=PlaceOrder,graph.operation_type=mutation,graph.client=%40acme%2FiOS%20App,graph.client_version=1.0.0-beta.4%2Bf00d,graph.line=2',
    );
    expect(readOperationBaggage(told(fields))).toEqual(names);
  });

  test('is made once for an operation', () => {
    const fields: AccessFields = { operation: 'A' };
    inOperation({ requestId: 'r', fields }, () => {
      const first = operationBaggage();
      fields.operation = 'B';
      expect(operationBaggage()).toBe(first);
    });
  });

  test('is nothing where nothing is known, or nobody has asked', () => {
    expect(told({})).toBeUndefined();
    expect(operationBaggage()).toBeUndefined();
  });

  test.each([
    ['an operation too long', { operation: 'x'.repeat(101) }],
    ['an operation that is no name', { operation: 'a b' }],
    ['a client with a line break', { client: 'a\nb' }],
    ['an e-mail address', { client: 'ada@example.com' }],
    ['a version too long', { client_version: '1'.repeat(33) }],
    ['another type', { operation_type: 'other' }],
    ['a line that is none', { line: 'v2' }],
    ['no text', { operation: 7 }],
  ])('is neither told nor read of %s', (_, fields) => {
    expect(told(fields)).toBeUndefined();
    const [[name, value]] = Object.entries(fields) as [[string, unknown]];
    expect(readOperationBaggage(`graph.${name}=${encodeURIComponent(String(value))}`)).toEqual(
      value === 7 ? { operation: '7' } : {},
    );
  });

  test.each([
    ['what is not there', undefined, {}],
    ['several headers', ['graph.operation=A', 'x=1'], { operation: 'A' }],
    ['what stands among others', 'tenant=blue , graph.operation=A;p=1 ,graph.line=2', { operation: 'A', line: '2' }],
    ['names that are not of it', 'graph.user=u,graph.cost=1,xgraph.line=1,operation=A', {}],
    ['no percent-encoding', 'graph.operation=%', {}],
    ['what hides a comma', 'graph.operation=A%2Cgraph.line%3D2', {}],
    ['16 KiB of commas', ','.repeat(16_384), {}],
  ])('is read of %s', (_, header, expected) => {
    expect(readOperationBaggage(header)).toEqual(expected);
  });
});
