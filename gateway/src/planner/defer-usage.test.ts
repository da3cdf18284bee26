import { buildSchema, getOperationAST, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { normaliseOperation } from './normalise-operation.ts';

const schema = buildSchema(`
  directive @defer(if: Boolean! = true, label: String) on FRAGMENT_SPREAD | INLINE_FRAGMENT
  type Query { cat: Cat cats: [Cat] }
  type Cat { id: ID name: String friend: Cat }`);

const textOf = (source: string, ...when: string[]) => normal(source, new Set(when)).text;

function normal(source: string, deferredWhen?: ReadonlySet<string>) {
  const document = parse(source);
  const operation = getOperationAST(document);
  if (operation == null) throw new Error('no operation');
  return normaliseOperation(schema, document, operation, undefined, deferredWhen);
}

describe('a canonical operation', () => {
  it('defers under labels of its own', () => {
    const one = textOf('{ cat { id ...@defer(label: "mine") { name } } }');
    expect(one).toBe('query{cat{id ...@defer(label:"d1"){name}}}');
    expect(textOf('{ cat { ...F @defer id } } fragment F on Cat { name }')).toBe(one);
  });

  it('is the same with and without @defer where that says nothing', () => {
    const plain = normal('{ cat { id name } }');
    const { text, isDeferred } = normal('{ cat { id ...@defer { name } } }');
    expect(text).toBe(plain.text);
    expect(isDeferred).toBe(false);
    expect(textOf('{ cat { id ...@defer(if: false) { name } } }')).toBe(plain.text);
    expect(textOf('query($on: Boolean!) { cat { id ...@defer(if: $on) { name } } }')).toBe(plain.text);
  });

  it('defers by a variable that is on, of which nothing is in it', () => {
    const text = textOf('query($on: Boolean!) { cat { id ...@defer(if: $on) { name } } }', 'on');
    expect(text).toBe('query{cat{id ...@defer(label:"d1"){name}}}');
  });

  it('has what is also selected outside, or in an outer fragment, there alone', () => {
    expect(textOf('{ cat { id ...@defer { id name } } }')).toBe('query{cat{id ...@defer(label:"d1"){name}}}');
    expect(textOf('{ cat { ...@defer { id ...@defer { id name } } } }')).toBe(
      'query{cat{__typename ...@defer(label:"d1"){id} ...@defer(label:"d2"){name}}}',
    );
    expect(textOf('{ cat { id ...@defer { id } } }')).toBe('query{cat{id}}');
  });

  it('has apart what several fragments have in common', () => {
    expect(textOf('{ cat { ...@defer { id friend { id } } ...@defer { id friend { name } } } }')).toBe(
      'query{cat{__typename ...@defer(label:"d3"){friend{__typename ...@defer(label:"d1"){id} ...@defer(label:"d2"){name}} id}}}',
    );
  });

  it('defers where the selections part, not where the fragment begins', () => {
    expect(textOf('{ cat { friend { id } ...@defer { friend { name } } } }')).toBe(
      'query{cat{friend{id ...@defer(label:"d1"){name}}}}',
    );
  });

  it('defers fifty fragments, and no more', () => {
    const fields = Array.from({ length: 60 }, (_, index) => `c${index}: cat { id ...@defer { name } }`);
    expect(textOf(`{ ${fields.join(' ')} }`).split('@defer')).toHaveLength(1 + 50);
  });

  it('at the root', () => {
    expect(textOf('{ cat { id } ...@defer { cats { id } } }')).toBe('query{cat{id} ...@defer(label:"d1"){cats{id}}}');
  });
});
