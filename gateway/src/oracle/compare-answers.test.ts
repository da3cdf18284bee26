import { GraphQLError } from 'graphql';
import { expect, it } from 'vitest';
import { differenceOf } from './compare-answers.ts';

type Path = (string | number)[];

const answer = (data: Record<string, unknown> | null, ...paths: Path[]) => ({
  data,
  errors: paths.map((path) => new GraphQLError('', { path })),
});

/** The oracle's answer; `others` are errors of fields that it did not get to. */
const expected = (result: ReturnType<typeof answer>, ...others: Path[]) => ({
  result,
  possibleErrors: [...result.errors.map(({ path = [] }) => path), ...others],
});

it('says where data differs', () => {
  const wanted = expected(answer({ list: [{ a: 1 }, { a: [2] }] }));
  expect(differenceOf(wanted, answer({ list: [{ a: 1 }, { a: [2] }] }))).toBeUndefined();
  expect(differenceOf(wanted, answer({ list: [{ a: 1 }, { a: [3] }] }))).toBe('at list.1.a.0: expected 2, got 3');
  expect(differenceOf(wanted, answer({ list: [{ a: 1 }] }))).toBe('at list.1: expected {"a":[2]}, got nothing');
  expect(differenceOf(wanted, answer({ list: [{ a: 1, b: null }, { a: [2] }] }))).toContain('at list.0.b');
  expect(differenceOf(wanted, answer(null))).toContain('at data');
});

it('wants an error for each null that has one, at its path', () => {
  const wanted = expected(answer({ list: [null, { a: null }] }, ['list', 0, 'a'], ['list', 1, 'a']));
  expect(differenceOf(wanted, wanted.result)).toBeUndefined();
  const without = answer({ list: [null, { a: null }] }, ['list', 0, 'a']);
  expect(differenceOf(wanted, without)).toBe('no error says why list.1.a is null');
  const elsewhere = answer({ list: [null, { a: null }] }, ['list', 0, 'a'], ['list', 2, 'a']);
  expect(differenceOf(wanted, elsewhere)).toBe('there is no error at list.2.a');
});

it('leaves open which of several errors explains a null', () => {
  const wanted = expected(answer({ object: null }, ['object', 'a']), ['object', 'b']);
  expect(differenceOf(wanted, answer({ object: null }, ['object', 'b']))).toBeUndefined();
  expect(differenceOf(wanted, answer({ object: null }, ['object', 'a'], ['object', 'b']))).toBeUndefined();
  expect(differenceOf(wanted, answer({ object: null }, ['object']))).toBeUndefined();
  expect(differenceOf(wanted, answer({ object: null }, ['object', 'c']))).toBe('there is no error at object.c');
});

it('takes the place of an object that is null for an error that another one has made no matter', () => {
  const wanted = expected(answer(null, ['other']), ['object', 'a']);
  expect(differenceOf(wanted, answer(null, ['object'], ['other']))).toBeUndefined();
  expect(differenceOf(wanted, answer(null, ['place'], ['other']))).toBe('there is no error at place');
  const there = expected(answer({ object: { a: null } }, ['object', 'a']));
  expect(differenceOf(there, answer({ object: { a: null } }, ['object', 'a'], ['object']))).toBe(
    'there is no error at object',
  );
});

it('accepts no error without a place', () => {
  const wanted = expected(answer({ a: null }, ['a']));
  expect(differenceOf(wanted, { data: { a: null }, errors: [new GraphQLError('lost')] })).toBe(
    'an error has no path: lost',
  );
});
