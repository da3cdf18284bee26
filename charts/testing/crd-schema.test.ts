import { Ajv } from 'ajv';
import { expect, it } from 'vitest';
import { type Crd, crdSchema } from './crd-schema.ts';
import type { JsonSchema } from './schema-name.ts';

const wanted = { apiVersion: 'example.com/v1', kind: 'Thing' };

const crdOf = (spec: JsonSchema): Crd => ({
  kind: 'CustomResourceDefinition',
  spec: {
    group: 'example.com',
    names: { kind: 'Thing' },
    versions: [{ name: 'v1', schema: { openAPIV3Schema: { type: 'object', properties: { spec } } } }],
  },
});

function accepts(spec: JsonSchema, value: unknown): boolean {
  const { schema } = crdSchema([null, crdOf(spec)], wanted);
  return new Ajv({ strict: false }).validate(schema.properties.spec, value);
}

const text = { type: 'string' };

it('refuses fields that an object does not list, also in lists and maps', () => {
  const listed = { type: 'object', properties: { a: text } };
  for (const [spec, good, bad] of [
    [listed, { a: '1' }, { b: '1' }],
    [{ type: 'array', items: listed }, [{ a: '1' }], [{ b: '1' }]],
    [{ type: 'object', additionalProperties: listed }, { any: { a: '1' } }, { any: { b: '1' } }],
  ] as const) {
    expect(accepts(spec, good)).toBe(true);
    expect(accepts(spec, bad)).toBe(false);
  }
});

it('takes fields that are preserved, and those that one of several alternatives does not name', () => {
  expect(accepts({ type: 'object', 'x-kubernetes-preserve-unknown-fields': true }, { any: 1 })).toBe(true);
  const alternatives = { type: 'object', properties: { a: text, b: text }, anyOf: [{ properties: { a: text } }] };
  expect(accepts(alternatives, { a: '1', b: '1' })).toBe(true);
});

it('takes null only where it is allowed', () => {
  expect(accepts({ ...text, nullable: true, enum: ['a'] }, null)).toBe(true);
  expect(accepts(text, null)).toBe(false);
});

it('takes a number or a text for an int-or-string', () => {
  const port = { 'x-kubernetes-int-or-string': true };
  expect([80, 'http', true].map((value) => accepts(port, value))).toEqual([true, true, false]);
});

it("reads Go's way to leave case aside", () => {
  expect(accepts({ ...text, pattern: '^(?i)(abort|warn)?$' }, 'ABORT')).toBe(true);
  expect(accepts({ ...text, pattern: '^(?i)(abort|warn)?$' }, 'stop')).toBe(false);
});

it('tells which CEL rules it leaves out', () => {
  const rules = [{ rule: 'self.a > 1', message: 'a must be large' }, { rule: 'self.b > 1' }];
  expect(crdSchema([crdOf({ ...text, 'x-kubernetes-validations': rules })], wanted).celRules).toEqual([
    'a must be large',
    'self.b > 1',
  ]);
});

it('fails for a kind that no CRD defines', () => {
  expect(() => crdSchema([], wanted)).toThrow('no CRD of example.com/v1 Thing');
});
