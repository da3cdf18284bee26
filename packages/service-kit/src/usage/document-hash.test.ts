import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { documentHash } from './document-hash.ts';

const hashOf = (text: string) => documentHash(parse(text));

describe('documentHash', () => {
  it.each([
    ['literals', '{ a(x: 1, y: "s", z: [1], o: { p: true }) }', '{ a(x: 2.5, y: "t", z: null, o: { q: E }) }'],
    ['a literal and a variable', 'query ($x: Int) { a(x: $x) }', 'query ($x: Int) { a(x: 1) }'],
    ['names of variables', 'query ($x: Int) { a(x: $x) }', 'query ($secret: Int) { a(x: $secret) }'],
    ['defaults of variables', 'query ($x: Int = 1) { a(x: $x) }', 'query ($x: Int) { a(x: $x) }'],
    ['aliases', '{ a { b } }', '{ hunter2: a { c: b } }'],
    ['how often a field is asked for', '{ p1: a(x: 1) { b } p2: a(x: 2) { b } }', '{ a(x: 3) { b } }'],
    ['order of fields and arguments', '{ a(x: 1, y: 2) b }', '{ b a(y: 2, x: 1) }'],
    [
      'order of fragments',
      '{ ...f ...g } fragment f on Q { a } fragment g on Q { b }',
      'fragment g on Q { b } { ...g ...f } fragment f on Q { a }',
    ],
    ['__typename', '{ a { b } }', '{ __typename a { __typename b t: __typename } }'],
    ['comments and white space', '{ a b }', '{\n  # hunter2\n  a,\n  b\n}'],
  ])('is the same whatever the %s', (_, one, other) => expect(hashOf(other)).toBe(hashOf(one)));

  it.each([
    ['a field', '{ a }', '{ b }'],
    ['a field more', '{ a }', '{ a b }'],
    ['the operation’s name', 'query A { a }', 'query B { a }'],
    ['the kind of operation', 'query A { a }', 'mutation A { a }'],
    ['a type of a variable', 'query ($x: Int) { a(x: $x) }', 'query ($x: Int!) { a(x: $x) }'],
    ['an argument', '{ a(x: 1) }', '{ a(y: 1) }'],
    ['an argument more', '{ a(x: 1) }', '{ a(x: 1, y: 1) }'],
    ['where a field is', '{ a { b } c { d } }', '{ a { d } c { b } }'],
    ['the type of a condition', '{ a { ... on B { c } } }', '{ a { ... on D { c } } }'],
    ['what a fragment holds', '{ ...f } fragment f on Q { a }', '{ ...f } fragment f on Q { b }'],
    ['a directive', '{ a }', '{ a @include(if: true) }'],
    ['which directive', '{ a @skip(if: true) }', '{ a @include(if: true) }'],
  ])('is another with another %s', (_, one, other) => expect(hashOf(other)).not.toBe(hashOf(one)));

  it('stays what it is: stores keep it', () => {
    expect(hashOf('query Books($first: Int!) { books(first: $first) { isbn title } }')).toBe(
      '702dcdbf6843608640d8f504c7dcafe9daa4d94fd577e270a9b1797e14a6eeb8',
    );
  });
});
