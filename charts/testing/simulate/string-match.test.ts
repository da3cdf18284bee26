import { describe, expect, it } from 'vitest';
import { type StringMatch, stringCovers, stringMatch, stringMatches } from './string-match.ts';

const read = (value: object): StringMatch => stringMatch(value, 'match');

describe('stringMatches', () => {
  it.each<[string, object, string | undefined, boolean]>([
    ['exact', { exact: 'true' }, 'true', true],
    ['exact: the values are case-sensitive', { exact: 'true' }, 'True', false],
    ['prefix', { prefix: '/api' }, '/apis', true],
    ['prefix: elsewhere', { prefix: '/api' }, '/v1/api', false],
    ['regex: the whole value', { regex: '/v[0-9]+' }, '/v12', true],
    ['regex: not a part of it', { regex: '/v[0-9]+' }, '/v12/x', false],
    ['regex: an alternative is a whole one too', { regex: 'a|b' }, 'ab', false],
    ['regex: RE2 flags', { regex: '(?i)true' }, 'TRUE', true],
    ['regex: RE2 named groups', { regex: '(?P<name>a+)' }, 'aa', true],
    ['no value: presence', {}, '', true],
    ['no value: nothing there', {}, undefined, false],
    ['exact, but nothing there', { exact: '' }, undefined, false],
  ])('%s', (_, match, value, expected) => {
    expect(stringMatches(read(match), value)).toBe(expected);
  });

  it('ignores case of exact and prefix only', () => {
    expect(stringMatches(read({ exact: '/Api' }), '/aPI', true)).toBe(true);
    expect(stringMatches(read({ prefix: '/Api' }), '/aPI/x', true)).toBe(true);
    expect(stringMatches(read({ regex: '/Api' }), '/aPI', true)).toBe(false);
  });

  it.each<[string, object]>([
    ['look-ahead', { regex: 'a(?=b)' }],
    ['negative look-behind', { regex: '(?<!a)b' }],
    ['back reference', { regex: '(a)\\1' }],
    ['two kinds at once', { exact: 'a', prefix: 'a' }],
    ['unknown kind', { suffix: 'a' }],
    ['not an expression', { regex: '(' }],
  ])('refuses: %s', (_, match) => {
    expect(() => read(match)).toThrow();
  });
});

describe('stringCovers', () => {
  it.each<[object, object, boolean]>([
    [{}, { exact: 'a' }, true],
    [{ prefix: '' }, { regex: 'a' }, true],
    [{ regex: '.*' }, { prefix: 'a' }, true],
    [{ exact: 'a' }, { exact: 'a' }, true],
    [{ exact: 'a' }, { prefix: 'a' }, false],
    [{ exact: 'a' }, {}, false],
    [{ prefix: '/a' }, { prefix: '/ab' }, true],
    [{ prefix: '/ab' }, { prefix: '/a' }, false],
    [{ prefix: '/a' }, { exact: '/ab' }, true],
    [{ prefix: '/a' }, {}, false],
    [{ prefix: '/a' }, { regex: '/ab' }, false],
    [{ regex: 'a+' }, { exact: 'aa' }, true],
    [{ regex: 'a+' }, { regex: 'a+' }, true],
    [{ regex: 'a+' }, { prefix: 'a' }, false],
  ])('%j covers %j: %s', (outer, inner, expected) => {
    expect(stringCovers(read(outer), read(inner))).toBe(expected);
  });
});
