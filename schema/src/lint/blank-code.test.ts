import { describe, expect, it } from 'vitest';
import { blankCode } from './blank-code.ts';

describe('blankCode', () => {
  it.each([
    ['a // b {\nc', 'a       \nc'],
    ['a /* { \n */ c', 'a           c'],
    ['a /* b', 'a     '],
    [`f('{', "}")`, 'f(   ,    )'],
    [`f('\\'{', 1)`, 'f(     , 1)'],
    [`{ 'User': 1, "a b": 2 }`, '{  User : 1,      : 2 }'],
    [`f(\`{ \${ { a: \`}\` } } {\`) + 1`, 'f(                     ) + 1'],
    ['f(`\\`{`)', 'f(     )'],
    ['a = /[/{]\\/}/g; b', 'a =           ; b'],
    ['return /{/', 'return    '],
    ['a / b / c { }', 'a / b / c { }'],
    ['(a) / b } /', '(a) / b } /'],
    ["don't {", 'don    '],
  ])('%j', (code, expected) => {
    expect(blankCode(code)).toBe(expected);
    expect(expected).toHaveLength(code.length);
  });
});
