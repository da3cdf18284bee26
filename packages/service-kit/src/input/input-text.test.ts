import { describe, expect, test } from 'vitest';
import { isPlainText, longText, optionalText, plainText } from './input-text.ts';

const refused = expect.objectContaining({ typename: 'InvalidInputError', fields: { field: 'a.b' } });

describe('text', () => {
  test.each([plainText, longText])('is trimmed and composed, and counted in characters', (read) => {
    expect(read('a.b', '  Zoe\u0308 ', 3)).toBe('Zoë');
    expect(read('a.b', '😀😀', 2)).toBe('😀😀');
    for (const value of ['', ' \n ', 'abcd', '😀😀😀😀']) expect(() => read('a.b', value, 3)).toThrow(refused);
  });

  test.each(['a\0b', 'a\u0007b', 'a\u007fb', 'a\ud800b', 'a\rb'])('with %j cannot be stored or shown', (value) => {
    for (const read of [plainText, longText]) expect(() => read('a.b', value, 9)).toThrow(refused);
    expect(isPlainText(value, 9)).toBe(false);
  });

  test('of one line has no line break or tab, longer text may', () => {
    for (const value of ['a\nb', 'a\tb']) {
      expect(() => plainText('a.b', value, 9)).toThrow(refused);
      expect(longText('a.b', value, 9)).toBe(value);
    }
    for (const value of ['a\u2028b', 'a\u2029b']) expect(() => plainText('a.b', value, 9)).toThrow(refused);
    expect(longText('a.b', 'a\r\nb', 3)).toBe('a\nb');
  });

  test('that is refused is not quoted', () => {
    expect(() => plainText('a.b', 'canary', 3)).toThrow('a.b takes one line of 1 to 3 characters.');
    expect(() => longText('a.b', 'canary', 3)).toThrow('a.b takes text of 1 to 3 characters.');
  });

  test('may be left out where it is optional', () => {
    for (const value of [null, undefined, '', ' \n']) expect(optionalText(plainText, 'a.b', value, 3)).toBeNull();
    expect(optionalText(plainText, 'a.b', ' x ', 3)).toBe('x');
    expect(() => optionalText(longText, 'a.b', 'abcd', 3)).toThrow(refused);
  });
});
