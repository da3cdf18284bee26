import { expect, test } from 'vitest';
import { parseRestRoute } from './parse-rest-route.ts';

const ORDER = `
# Place an order. It may be sent twice.
mutation PlaceOrder($key: String! @header(name: "Idempotency-Key"), $cartId: ID!, $note: String)
@rest(path: "/carts/{cartId}/orders", result: "place.order", errors: "place.errors", status: 201) {
  place(key: $key, cartId: $cartId, note: $note) { order { id } errors { code message } }
}`;

test('says where a request has each variable, and what is executed', () => {
  const route = parseRestRoute(ORDER, 'place-order.graphql');
  expect(route).toMatchObject({
    name: 'PlaceOrder',
    method: 'POST',
    path: '/carts/{cartId}/orders',
    segments: [{ text: 'carts' }, { variable: 'cartId' }, { text: 'orders' }],
    result: ['place', 'order'],
    errors: ['place', 'errors'],
    status: 201,
    description: 'Place an order. It may be sent twice.',
    parameters: [
      { variable: 'key', in: 'header', name: 'idempotency-key' },
      { variable: 'cartId', in: 'path', name: 'cartId' },
      { variable: 'note', in: 'body', name: 'note' },
    ],
  });
  expect(route.text).not.toContain('@');
});

test.each([
  ['query A { a }', 'a route has @rest(path:, result:).'],
  ['{ a }', 'a route is one operation with a name.'],
  ['query A @rest(path: "/a", result: "a") { a } query B { a }', 'a route is one operation with a name.'],
  ['query A @rest(method: POST, path: "/a", result: "a") { a }', 'a query is not sent by POST.'],
  ['mutation A @rest(method: GET, path: "/a", result: "a") { a }', 'a mutation is not sent by GET.'],
  ['subscription A @rest(path: "/a", result: "a") { a }', 'a subscription is no route.'],
  ['query A @rest(path: "a", result: "a") { a }', 'path "a" is not of the form /orders/{id}.'],
  ['query A @rest(path: "/{id}", result: "a") { a }', 'the path names {id}, and the operation has no such variable.'],
  ['query A($id: ID!) @rest(path: "/{id}/{id}", result: "a") { a(id: $id) }', 'the path names a variable twice.'],
  ['query A @rest(path: "/a", result: "a..b") { a }', '"a..b" is not of the form orders.nodes.'],
  ['query A @rest(path: "/a", result: "a", status: 404) { a }', 'status must be 200 to 299, not 404.'],
  ['query A @rest(path: "/a", result: "a", since: 0) { a }', 'there is no major version from 0 to 0.'],
  ['query A @rest(path: "/a", result: "a", since: 2, until: 1) { a }', 'there is no major version from 2 to 1.'],
  ['query A($b: ID @header(name: "x y")) @rest(path: "/a", result: "a") { a(b: $b) }', '"x y" is no name of a header.'],
  ['query A @rest(path: "/a") { a }', 'Argument "result" of required type "String!" was not provided.'],
  ['query A {', 'Syntax Error: Expected Name, found <EOF>.'],
])('%s: %s', (text, message) => {
  expect(() => parseRestRoute(text, 'a.graphql')).toThrow(`a.graphql: ${message}`);
});
