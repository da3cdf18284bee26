import fc from 'fast-check';
import { buildSchema, type GraphQLLeafType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { leafText, stringText } from './leaf-values.ts';

describe('a string as text', () => {
  it('is what JSON.stringify makes of it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (value) => {
        expect(stringText(value)).toBe(JSON.stringify(value));
      }),
      { numRuns: 2000 },
    );
    for (let code = 0; code < 0x1_0000; code++) {
      const character = String.fromCharCode(code);
      for (const value of [character, `${character}${'x'.repeat(50)}`]) {
        if (stringText(value) !== JSON.stringify(value)) expect(stringText(value)).toBe(JSON.stringify(value));
      }
    }
  });
});

describe('a leaf', () => {
  const schema = buildSchema(
    'enum Size { SMALL LARGE } scalar Any type Query { size: Size any: Any i: Int f: Float id: ID }',
  );
  const text = (type: string, value: unknown) => leafText(schema.getType(type) as GraphQLLeafType)(value, false);

  it('is a value of its type, or none', () => {
    const ofEach = ['Int', 'Float', 'String', 'Boolean', 'ID', 'Size', 'Any'].map((type) =>
      [1, 1.5, 'a', 'SMALL', true, 2 ** 31, {}, JSON.parse('1e999')].map((value) => text(type, value)),
    );
    const none = undefined;
    expect(ofEach).toEqual([
      ['1', none, none, none, none, none, none, none],
      ['1', '1.5', none, none, none, '2147483648', none, none],
      [none, none, '"a"', '"SMALL"', none, none, none, none],
      [none, none, none, none, 'true', none, none, none],
      ['"1"', none, '"a"', '"SMALL"', none, '"2147483648"', none, none],
      [none, none, none, '"SMALL"', none, none, none, none],
      ['1', '1.5', '"a"', '"SMALL"', 'true', '2147483648', '{}', none],
    ]);
  });

  it('is none where it is nested more deeply than can be written', () => {
    expect(text('Any', JSON.parse(`${'[{"a":'.repeat(50_000)}1${'}]'.repeat(50_000)}`))).toBeUndefined();
  });
});
