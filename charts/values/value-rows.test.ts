import { expect, it } from 'vitest';
import { BOOLEAN, closedObject, integer, mapOf, STRING } from './json-schema.ts';
import { type ValueRow, valueRows } from './value-rows.ts';

const schema = closedObject({
  host: STRING,
  port: integer(1),
  mode: STRING,
  store: closedObject({ enabled: BOOLEAN, kind: STRING, inner: closedObject({ size: STRING }) }),
  labels: mapOf(STRING),
});

const rows = (yaml: string) => valueRows(yaml, 'values.yaml', schema);
const row = (key: string, defaultYaml: string | undefined, description: string): ValueRow => ({
  key,
  defaultYaml,
  description,
});

it('takes the comment lines right above a key, and none that a blank line parts from it', () => {
  const yaml = '# Of the file.\n\n# Where it is,\n# and what it is called.\nhost: ""\n';
  expect(rows(yaml)).toEqual([row('host', '""', 'Where it is, and what it is called.')]);
});

it('leaves out the marks between which a program writes', () => {
  expect(rows('# Made.\n# BEGIN host\nhost: a\n# END host\n\n# At it.\nport: 1\n')).toEqual([
    row('host', 'a', 'Made.'),
    row('port', '1', 'At it.'),
  ]);
});

it('gives the keys right below a described one its comment', () => {
  expect(rows('# Where it is.\nhost: a\nport: 1\n')).toEqual([
    row('host', 'a', 'Where it is.'),
    row('port', '1', 'Where it is.'),
  ]);
});

it('refuses a key that nothing describes', () => {
  expect(() => rows('# Where it is.\nhost: a\n\nport: 1\n')).toThrow(
    'values.yaml: port: expected a comment above it that says what it is',
  );
  expect(() => rows('store:\n  kind: a\n')).toThrow('values.yaml: store.kind: expected a comment');
});

it('lists a described section, and what is in it', () => {
  expect(rows('# Where data is.\nstore:\n  enabled: true\n  kind: a\n  inner:\n    size: 1Gi\n')).toEqual([
    row('store', undefined, 'Where data is.'),
    row('store.enabled', 'true', 'Whether it is on.'),
    row('store.kind', 'a', ''),
    row('store.inner.size', '1Gi', ''),
  ]);
});

it('shows a map as one value, on one line, without the comments in it', () => {
  const yaml = '# What it wears.\nlabels:\n  a: b\n  # A quoted one.\n  c: "Off"\n';
  expect(rows(yaml)).toEqual([row('labels', '{ a: b, c: "Off" }', 'What it wears.')]);
});

it('keeps the quotes of a value that would be another without them', () => {
  expect(rows('# How.\nmode: "Off"\n')).toEqual([row('mode', '"Off"', 'How.')]);
});
