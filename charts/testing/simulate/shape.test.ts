import { describe, expect, it } from 'vitest';
import { fields, list, mapOf, oneOf, optional, text, whole } from './shape.ts';

const read = fields({
  name: text,
  size: optional(whole),
  kinds: optional(list(oneOf('a', 'b'))),
  tags: optional(mapOf(text)),
});

describe('a shape', () => {
  it('reads what it knows, and null as missing', () => {
    expect(read({ name: 'n', size: null, kinds: ['b'], tags: { x: 'y' } }, 'it')).toEqual({
      name: 'n',
      size: undefined,
      kinds: ['b'],
      tags: { x: 'y' },
    });
  });

  it.each<[string, unknown, string]>([
    ['a field that it does not know', { name: 'n', nmae: 'm' }, 'it.nmae: this field is not simulated'],
    [
      'a field that every object inherits',
      { name: 'n', constructor: 1 },
      'it.constructor: this field is not simulated',
    ],
    ['a missing field', {}, 'it.name: a text is expected, not undefined'],
    ['a wrong type deep inside', { name: 'n', tags: { x: 1 } }, 'it.tags[x]: a text is expected, not 1'],
    ['a wrong word in a list', { name: 'n', kinds: ['a', 'c'] }, 'it.kinds[1]: one of a, b is expected, not "c"'],
    ['a list for a map', [], 'it: a map is expected, not []'],
    ['a part of a number', { name: 'n', size: 1.5 }, 'it.size: a whole number is expected, not 1.5'],
  ])('refuses %s', (_, value, message) => {
    expect(() => read(value, 'it')).toThrow(message);
  });
});
