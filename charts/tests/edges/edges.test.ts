import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { bindsEvents, deriveEdges, type Edges, subgraphsOfSupergraph } from '../../../schema/src/index.ts';
import type { Edge, EdgeGroup } from './edge.ts';
import { graphEdges } from './graph-edges.ts';
import { observabilityParts } from './observability-edges.ts';
import { platformEdges } from './platform-edges.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const textOf = ({ source, destination, port, protocol }: Edge) =>
  `${source} -> ${destination}:${port}/${protocol ?? 'TCP'}`;

const connectionsOf = (edges: Edges): Edge[] =>
  [...edges].flatMap(([source, { calls = [], broker, database }]) => [
    ...calls.map((destination) => ({ source, destination, port: 4000 })),
    ...(broker ? [{ source, destination: 'nats', port: 4222 }] : []),
    ...(database ? [{ source, destination: 'postgres', port: 5432 }] : []),
  ]);

describe('the reviewed list of graph edges', () => {
  it('is what graph mesh derives, both ways, each once', async () => {
    const sdl = readFileSync(`${root}/schema/supergraph.graphql`, 'utf8');
    const subgraphs = subgraphsOfSupergraph(sdl, 'schema/supergraph.graphql');
    const { edges, findings } = await deriveEdges(root, subgraphs, bindsEvents(sdl));
    expect(findings).toEqual([]);
    expect(graphEdges.map(textOf).sort()).toEqual(connectionsOf(edges).map(textOf).sort());
  });
});

const groupEdges = ({ sources, destinations, port, protocol }: EdgeGroup): Edge[] =>
  sources.flatMap((source) =>
    destinations.map((destination) => ({ source, destination, port, ...(protocol && { protocol }) })),
  );

/** Whether there are values in which both have edges. */
const canBeTogether = ({ when: a = {} }: EdgeGroup, { when: b = {} }: EdgeGroup) =>
  Object.entries(a).every(([setting, value]) => (b as Record<string, boolean>)[setting] !== !value);

describe('the reviewed list of platform edges', () => {
  it('gives each edge one reason, whatever the values', () => {
    const inGraph = new Set(graphEdges.map(textOf));
    const twice = platformEdges.flatMap((group, index) => {
      const later = platformEdges.slice(index + 1).filter((other) => canBeTogether(group, other));
      const elsewhere = new Set([...inGraph, ...later.flatMap(groupEdges).map(textOf)]);
      return groupEdges(group)
        .map(textOf)
        .filter((edge) => elsewhere.has(edge));
    });
    expect(twice).toEqual([]);
  });

  it('names the ends that are there', () => {
    const ofGraph = graphEdges.flatMap(({ source, destination }) => [source, destination]);
    const parts = ['redis', 'sandbox-provider', 'helm-test', 'provision', ...ofGraph.map((name) => `${name}-migrate`)];
    const inside = new Set([...ofGraph, ...parts, ...observabilityParts]);
    const ends = platformEdges.flatMap(({ sources, destinations }) => [...sources, ...destinations]);
    expect([...new Set(ends)].filter((end) => !inside.has(end)).sort()).toEqual(
      [
        'kubelet',
        'dns',
        'collector',
        'api',
        'kubelets',
        'intranet',
        'stranger',
        'istiod',
        'ingress',
        'issuer',
        'provider',
        'mail',
        'database',
        'internet',
      ].sort(),
    );
  });
});
