import { Supergraph } from '@apollo/federation-internals';
import { lexicographicSortSchema, parse, printSchema, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { OracleGraph } from './oracle-graph.ts';

const SEEDS = Array.from({ length: 30 }, (_, index) => 1000 + index);

describe('random graphs', () => {
  it('compose, and are merged as composition merges them', () => {
    for (const seed of SEEDS) {
      const { supergraphSdl, merged } = new OracleGraph(seed);
      const composed = Supergraph.build(supergraphSdl).apiSchema().toGraphQLJSSchema();
      const sorted = [composed, merged.schema].map((schema) => printSchema(lexicographicSortSchema(schema)));
      expect(sorted[0], `graph ${seed}`).toBe(sorted[1]);
    }
  });

  it('are the same for the same seed, and so are the cases on them', () => {
    const [one, other] = [new OracleGraph(7), new OracleGraph(7)];
    expect(one.supergraphSdl).toBe(other.supergraphSdl);
    other.case(2);
    expect(one.case(3).operation).toEqual(other.case(3).operation);
    expect(new OracleGraph(8).supergraphSdl).not.toBe(one.supergraphSdl);
  });

  it('have operations that are valid', () => {
    const graph = new OracleGraph(9);
    for (let index = 0; index < 50; index++) {
      const { source } = graph.case(index).operation;
      expect(validate(graph.merged.schema, parse(source)), source).toEqual([]);
    }
  });
});
