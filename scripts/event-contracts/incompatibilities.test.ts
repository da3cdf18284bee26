import { describe, expect, test } from 'vitest';
import type { JsonSchema } from '../../packages/service-kit/src/index.ts';
import { incompatibilities } from './incompatibilities.ts';

const object = (properties: Record<string, JsonSchema>, required = Object.keys(properties), more: JsonSchema = {}) => ({
  type: 'object',
  properties,
  required,
  ...more,
});
const text = { type: 'string' };
const whole = { type: 'integer' };
const list = (items: JsonSchema, more: JsonSchema = {}) => ({ type: 'array', items, ...more });
const nullable = { anyOf: [text, { type: 'null' }] };

describe('is refused', () => {
  test.each<[string, JsonSchema, JsonSchema, string]>([
    ['another type', text, whole, 'a may be integer, where string is expected'],
    ['one more type', text, { type: ['string', 'null'] }, 'a may be null, where string is expected'],
    ['a fraction', whole, { type: 'number' }, 'a may be number, where integer is expected'],
    ['one more branch', text, nullable, 'a may be null, where string is expected'],
    ['no branch that fits', nullable, whole, 'a may be what none of the expected alternatives takes'],
    ['one more value', { enum: ['A'] }, { enum: ['A', 'B'] }, 'a may be "B"'],
    ['another constant', { const: '/orders' }, { const: '/order' }, 'a may be "/order"'],
    ['any value', { type: 'string', enum: ['A'] }, text, 'a may be anything, where ["A"] is expected'],
    ['another format', { ...text, format: 'uuid' }, { ...text, format: 'date-time' }, 'a may not have the format uuid'],
    ['no format', { ...text, format: 'uuid' }, text, 'a may not have the format uuid'],
    ['another pattern', { ...text, pattern: '^a$' }, { ...text, pattern: '^b$' }, 'a may not match ^a$'],
    ['a value against the pattern', { ...text, pattern: '^[A-Z]$' }, { enum: ['A', 'b'] }, 'a may not match ^[A-Z]$'],
    ['a shorter text', { ...text, minLength: 3 }, { ...text, minLength: 2 }, 'a may go beyond minLength 3'],
    ['a text of any length', { ...text, maxLength: 3 }, text, 'a may go beyond maxLength 3'],
    ['a longer value', { ...text, maxLength: 3 }, { enum: ['ABC', 'ABCD'] }, 'a may go beyond maxLength 3'],
    ['an empty list', list(text, { minItems: 1 }), list(text), 'a may go beyond minItems 1'],
    ['a longer list', list(text, { maxItems: 5 }), list(text, { maxItems: 6 }), 'a may go beyond maxItems 5'],
    ['a smaller number', { ...whole, minimum: 1 }, { ...whole, minimum: 0 }, 'a may go beyond minimum 1'],
    ['a larger number', { ...whole, maximum: 9 }, { ...whole, exclusiveMaximum: 11 }, 'a may go beyond maximum 9'],
    ['a number without end', { ...whole, maximum: 9 }, whole, 'a may go beyond maximum 9'],
    ['a larger value', { ...whole, maximum: 9 }, { enum: [1, 10] }, 'a may go beyond maximum 9'],
    [
      'the excluded end',
      { type: 'number', exclusiveMinimum: 0 },
      { type: 'number', minimum: 0 },
      'a may go beyond minimum 0, which is excluded',
    ],
    ['a field less', object({ b: text }), object({}), 'a.b may be missing'],
    ['a field that became optional', object({ b: text }), object({ b: text }, []), 'a.b may be missing'],
    [
      'a field of another type',
      object({ b: text }),
      object({ b: whole }),
      'a.b may be integer, where string is expected',
    ],
    ['an optional field of another type', object({ b: text }, []), object({ b: whole }), 'a.b may be integer, where'],
    ['a deep field less', object({ b: object({ c: text }) }), object({ b: object({}) }), 'a.b.c may be missing'],
    [
      'a field more, to who wants none',
      object({ b: text }, ['b'], { additionalProperties: false }),
      object({ b: text, c: text }),
      'a.c is not expected at all',
    ],
    ['other items', list(object({ b: text })), list(object({ b: whole })), 'a[].b may be integer, where string'],
    ['items of any kind', list(text), { type: 'array' }, 'a[] may be null, where string is expected'],
    ['anything', { pattern: '^a$' }, {}, 'a may not match ^a$'],
    ['a keyword that it does not know', { ...whole, multipleOf: 2 }, whole, 'a: "multipleOf" cannot be compared'],
    ['one of the sender', text, { ...text, not: { const: 'x' } }, 'a: "not" cannot be compared'],
    ['a dictionary', object({}), object({}, [], { additionalProperties: text }), 'a: "additionalProperties" cannot be'],
    ['a schema that is no object', list(false as never), list(text), 'a[]: "false" cannot be compared'],
  ])('%s', (_, accepted, sent, reason) => {
    const found = incompatibilities(accepted, sent, 'a');
    expect(
      found.some((finding) => finding.startsWith(reason)),
      found.join('\n'),
    ).toBe(true);
  });
});

describe('is taken', () => {
  test.each<[string, JsonSchema, JsonSchema]>([
    [
      'the same',
      object({ b: { ...text, format: 'uuid', pattern: 'x' } }),
      object({ b: { ...text, format: 'uuid', pattern: 'x' } }),
    ],
    ['a field more', object({ b: text }), object({ b: text, c: whole })],
    ['a field that became certain', object({ b: text }, []), object({ b: text })],
    ['an optional field that is never sent', object({ b: text }, []), object({})],
    ['a value less', { enum: ['A', 'B'] }, { const: 'A' }],
    ['listed values, where any text is taken', { ...text, pattern: '^[A-Z]+$', maxLength: 2 }, { enum: ['A', 'BC'] }],
    ['a narrower range', { ...whole, minimum: 0, maximum: 9 }, { ...whole, minimum: 1, maximum: 9 }],
    ['whole numbers from 1, said as above 0', { ...whole, minimum: 1 }, { ...whole, exclusiveMinimum: 0 }],
    ['whole numbers above 0, said as from 1', { ...whole, exclusiveMinimum: 0 }, { ...whole, minimum: 1 }],
    ['the same excluded end', { type: 'number', exclusiveMinimum: 0 }, { type: 'number', exclusiveMinimum: 0 }],
    ['a shorter list of fewer', list(text, { maxItems: 5 }), list({ enum: ['A'] }, { maxItems: 4 })],
    ['a whole number for a number', { type: 'number' }, whole],
    ['a branch less', nullable, text],
    ['branches that are all taken', { type: ['string', 'null'] }, nullable],
    ['other words about it', { ...text, description: 'old', 'x-consumers': ['a'] }, { ...text, description: 'new' }],
    ['anything, where anything is taken', {}, nullable],
  ])('%s', (_, accepted, sent) => {
    expect(incompatibilities(accepted, sent, 'a')).toEqual([]);
  });
});
