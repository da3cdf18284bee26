import { describe, expect, test } from 'vitest';
import { checkLimit, decodeCursor, encodeCursor, pageFrom, paginationOf } from './page.ts';

const refused = expect.objectContaining({ code: 'BAD_USER_INPUT' });

describe('pages', () => {
  test('begin where the one before ends', () => {
    expect(pageFrom({ page: 1, limit: 100 })).toEqual({ page: 1, limit: 100, offset: 0 });
    expect(pageFrom({ page: 3, limit: 10 })).toEqual({ page: 3, limit: 10, offset: 20 });
  });

  test.each([0, -1, 101, 1_000_000_000])('of %i items are refused', (limit) => {
    expect(() => pageFrom({ page: 1, limit })).toThrow(refused);
    expect(() => checkLimit('first', limit)).toThrow('first must be from 1 to 100.');
  });

  test.each([0, -1, 10_001, 1_000_000_000])('numbered %i are refused', (page) => {
    expect(() => pageFrom({ page, limit: 10 })).toThrow(refused);
  });

  test('are counted, also when there are none', () => {
    const page = pageFrom({ page: 1, limit: 10 });
    expect(paginationOf(page, 0)).toEqual({ page: 1, limit: 10, total: 0, pages: 0 });
    expect(paginationOf(page, 10).pages).toBe(1);
    expect(paginationOf(page, 11).pages).toBe(2);
  });
});

const any = () => true;
const isString = (value: unknown) => typeof value === 'string';

describe('a cursor', () => {
  test('gives back what was put in', () => {
    const values = ['2026-11-24T09:30:00Z', 42, 'ü"\\'];
    expect(decodeCursor(encodeCursor(values), [any, any, any])).toEqual(values);
    expect(encodeCursor(values)).toMatch(/^[\w-]+$/);
  });

  test.each([
    ['nothing', ''],
    ['no base64url', '%%%'],
    ['no JSON', Buffer.from('nope').toString('base64url')],
    ['no list', Buffer.from('{"0":1,"1":2,"length":2}').toString('base64url')],
    ['one value too few', encodeCursor(['a'])],
    ['one value too many', encodeCursor(['a', 'b', 'c'])],
    ['a value that cannot be', encodeCursor(['a', 1])],
    ['a null', Buffer.from('["a",null]').toString('base64url')],
    ['a number that is none', Buffer.from('[1e999,"b"]').toString('base64url')],
    ['a character that no database takes', encodeCursor(['a\0', 'b'])],
  ])('of %s is refused', (_, cursor) => expect(() => decodeCursor(cursor, [any, isString])).toThrow(refused));
});
