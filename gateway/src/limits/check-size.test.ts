import { getIntrospectionQuery, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { gatewayConfig } from '../config/gateway-config.ts';
import { checkSize } from './check-size.ts';
import type { DocumentLimits } from './document-limits.ts';
import { LimitExceeded, type LimitName } from './limit-exceeded.ts';

const DEFAULTS = gatewayConfig.parse({}).limits;

function refusalOf(source: string, limits: Partial<DocumentLimits> = {}): string {
  try {
    checkSize(parse(source), { ...DEFAULTS, ...limits });
    return 'none';
  } catch (error) {
    if (error instanceof LimitExceeded) return error.limit;
    throw error;
  }
}

/** Fragments of which each spreads the next one several times. */
function fanOut(times: number, levels: number): string {
  const fragments = Array.from({ length: levels }, (_, level) => {
    const fields = Array.from({ length: times }, (_, index) => `a${index} { ...f${level + 1} }`);
    return `fragment f${level} on Q { ${fields.join(' ')} }`;
  });
  return `{ ...f0 } ${fragments.join(' ')} fragment f${levels} on Q { id }`;
}

/** The number by which it is just within, what refuses it by one less, and a document. */
type Case = readonly [limit: keyof DocumentLimits, most: number, refusal: LimitName, source: string];

describe('checkSize counts', () => {
  it.each<Case>([
    ['depth', 2, 'depth', '{ a b { c } }'],
    ['depth', 3, 'depth', '{ a { ...f } } fragment f on Q { ... on Q { b { c } } }'],
    ['depth', 2, 'depth', 'query A { a } query B { a { b } }'],
    ['depth', 3, 'depth', '{ a } fragment unused on Q { b { c { d } } }'],
    ['introspectionDepth', 4, 'introspection_depth', '{ __schema { types { fields { name } } } }'],
    ['introspectionDepth', 2, 'introspection_depth', '{ t: __type(name: "A") { name } }'],
    ['selections', 3, 'selections', '{ a b { c } }'],
    ['selections', 5, 'selections', '{ a ... on Q { b } ...f } fragment f on Q { c }'],
    ['selections', 5, 'selections', '{ ...f a { ...f } } fragment f on Q { b }'],
    ['selections', 2, 'selections', 'query A { a } query B { b }'],
    ['selections', 3, 'selections', '{ a } fragment unused on Q { b c }'],
    ['aliases', 2, 'aliases', '{ a: __typename b: __typename c }'],
    ['aliases', 2, 'aliases', '{ a { ...f } b { ...f } } fragment f on Q { x: c }'],
    ['aliases', 1, 'aliases', '{ x: a { id } ...f } fragment f on Q { x: a { n } }'],
    ['aliases', 1, 'aliases', 'query A { x: a } query B { x: a }'],
    ['rootFields', 3, 'root_fields', '{ a b ...f } fragment f on Q { b c: b }'],
    ['rootFields', 2, 'root_fields', '{ a { b c d } __typename }'],
    ['rootFields', 1, 'root_fields', 'query A { a } query B { b }'],
    ['duplicates', 3, 'duplicates', '{ a a a b }'],
    ['duplicates', 2, 'duplicates', '{ a { b } ...f } fragment f on Q { a { b } }'],
    ['duplicates', 1, 'duplicates', '{ c } fragment unused on Q { a a }'],
  ])('%s: %i of them in case %#', (limit, most, refusal, source) => {
    expect(refusalOf(source, { [limit]: most })).toBe('none');
    expect(refusalOf(source, { [limit]: most - 1 })).toBe(refusal);
  });

  it('a cycle once, and a fragment that is not there not at all: what is wrong with them is for validation to say', () => {
    for (const source of [
      '{ ...f } fragment f on Q { a { ...f } }',
      '{ ...f } fragment f on Q { a ...g } fragment g on Q { b ...f }',
      '{ ...unknown a }',
      'fragment f on Q { ...f }',
    ]) {
      expect(refusalOf(source)).toBe('none');
    }
  });

  it.each([
    ['2^10 fields', fanOut(2, 9), {}],
    ['2^20 fields', fanOut(4, 9), {}],
    ['2^40 fields', fanOut(2, 40), { depth: 100 }],
    ['fragments that spread one another in every order', everyInEvery(30), { duplicates: 1e9 }],
  ])('no further than it may: %s', (_, source, limits) => {
    const startedMs = performance.now();
    expect(refusalOf(source, limits)).toBe('selections');
    expect(performance.now() - startedMs).toBeLessThan(1000);
  });

  it('no more than a hundred fragments inside each other', () => {
    const inARow = (count: number) => {
      const links = Array.from({ length: count - 1 }, (_, index) => `fragment f${index} on Q { ...f${index + 1} }`);
      return `{ ...f0 } ${links.join(' ')} fragment f${count - 1} on Q { id }`;
    };
    expect(refusalOf(inARow(100))).toBe('none');
    expect(refusalOf(inARow(101))).toBe('depth');
  });

  it('has room for all that tools ask of a schema', () => {
    const all = getIntrospectionQuery({
      ...{ descriptions: true, specifiedByUrl: true, directiveIsRepeatable: true, schemaDescription: true },
      ...{ inputValueDeprecation: true, experimentalDirectiveDeprecation: true, oneOf: true, typeDepth: 9 },
    });
    expect(refusalOf(all)).toBe('none');
    expect(refusalOf(getIntrospectionQuery(), { introspectionDepth: 14 })).toBe('introspection_depth');
    expect(refusalOf(getIntrospectionQuery(), { introspectionDepth: 15 })).toBe('none');
  });
});

function everyInEvery(count: number): string {
  const names = Array.from({ length: count }, (_, index) => `f${index}`);
  const all = names.map((name) => `...${name}`).join(' ');
  return `{ ${all} } ${names.map((name) => `fragment ${name} on Q { a { ${all} } }`).join(' ')}`;
}
