import { buildSchema, getOperationAST, parse } from 'graphql';
import { expect, it } from 'vitest';
import type { NormalSelectionSet } from './normal-operation.ts';
import { normaliseOperation } from './normalise-operation.ts';
import type { StreamUsage } from './stream-usage.ts';

const schema = buildSchema(`
  directive @defer(if: Boolean! = true, label: String) on FRAGMENT_SPREAD | INLINE_FRAGMENT
  directive @stream(if: Boolean! = true, label: String, initialCount: Int! = 0) on FIELD
  type Query { cats: [Cat] }
  type Cat { id: ID names: [String] friends(first: Int): [Cat] }`);

function normal(source: string, deferredWhen?: ReadonlySet<string>) {
  const document = parse(source);
  const operation = getOperationAST(document);
  if (operation == null) throw new Error('no operation');
  return normaliseOperation(schema, document, operation, undefined, deferredWhen);
}

const streamsIn = ({ fields }: NormalSelectionSet): StreamUsage[] =>
  fields.flatMap(({ stream, selection }) => [...(stream ? [stream] : []), ...(selection ? streamsIn(selection) : [])]);

const streams = (source: string, ...when: string[]) => streamsIn(normal(source, new Set(when)).selection);

it('nothing of @stream is in the text of an operation', () => {
  const plain = normal('{ cats { id } }');
  for (const stream of ['@stream', '@stream(initialCount: 3, label: "s")', '@stream(if: false)']) {
    expect(normal(`{ cats ${stream} { id } }`, new Set()).text).toBe(plain.text);
  }
  const byVariables = 'query($n: Int!, $on: Boolean!) { cats @stream(initialCount: $n, if: $on) { id } }';
  expect(normal(byVariables, new Set(['on'])).text).toBe(plain.text);
  expect(normal(byVariables).isDeferred).toBe(false);
});

it('a list has its label and how many items come first', () => {
  expect(streams('{ cats @stream(label: "s", initialCount: 2) { id } }')).toEqual([{ label: 's', initialCount: 2 }]);
  expect(streams('{ cats @stream { friends @stream(if: false) { id } } }')).toEqual([
    { label: undefined, initialCount: 0 },
  ]);
  const byVariables = 'query($n: Int, $on: Boolean!) { cats @stream(initialCount: $n, if: $on) { id } }';
  expect(streams(byVariables)).toEqual([]);
  expect(streams(byVariables, 'on')).toEqual([{ label: undefined, initialCount: { variable: 'n' } }]);
});

it('a list of leaves is none', () => {
  expect(streams('{ cats { names @stream } }')).toEqual([]);
});

it('of lists and fragments together, there are fifty, and no more', () => {
  const fields = Array.from(
    { length: 40 },
    (_, index) => `f${index}: friends(first: ${index}) @stream { id ...@defer { names } }`,
  );
  const { text, selection } = normal(`{ cats { ${fields.join(' ')} } }`, new Set());
  expect(streamsIn(selection).length + text.split('@defer').length - 1).toBe(50);
});
