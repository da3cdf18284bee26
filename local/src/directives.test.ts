import { readFileSync } from 'node:fs';
import { buildSchema, getNamedType, isObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type Guards, guardsOf, reachableBy, rootTypes } from './testing/guards.ts';
import { mutationRows, ownMutations, publicAnswers, publicMutations } from './testing/mutation-table.ts';
import { VIEWERS, type Viewer } from './testing/viewers.ts';
import {
  type Audience,
  decidedByDomain,
  impersonalRoots,
  plainValues,
  rootRows,
  subscriptionRows,
  typeRows,
} from './testing/visibility-table.ts';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
const supergraph = read('../../schema/supergraph.graphql');
const schema = buildSchema(supergraph, { assumeValidSDL: true });
const guards = guardsOf(supergraph);
const words = (text: string | undefined) => text?.split(' ') ?? [];

/** Who is to see a field by the tables, whatever object it is on; undefined for what is told with something else. */
const audiences = policyOf();

describe('the directives of the supergraph', () => {
  it('let nobody come to what the tables keep from them', () => {
    expect(findings(guards)).toEqual([]);
  });

  it('keep nothing back of what the tables show', () => {
    const shown = (viewers: readonly Viewer[]) =>
      [...audiences].filter(([, seenBy]) => viewers.some((viewer) => seenBy.includes(viewer))).map(([name]) => name);
    const missing = (caller: 'anonymous' | 'customer', viewers: readonly Viewer[]) => {
      const reached = reachableBy(caller, schema, guards);
      return shown(viewers).filter((coordinate) => !reached.has(coordinate));
    };
    expect(missing('anonymous', ['anonymous'])).toEqual([]);
    expect(missing('customer', ['other', 'owner'])).toEqual([]);
  });

  it('stand on every query, mutation and subscription that is not for everybody', () => {
    const roots = rootTypes(schema).flatMap((type) =>
      Object.keys(type.getFields()).map((name) => `${type.name}.${name}`),
    );
    for (const coordinate of roots) {
      const seenBy = audiences.get(coordinate);
      expect(seenBy, `${coordinate} is in the tables`).toBeDefined();
      expect(guards.get(coordinate), coordinate).toBe(guardFor(coordinate, seenBy ?? []));
    }
  });

  it('name no policy that the gateways of this graph do not know', () => {
    const named = supergraph
      .matchAll(/@policy\(policies: (\[.*?\]\])\)/g)
      .flatMap(([, list]) => JSON.parse(String(list)).flat());
    const local = parse(read('../gateway.yaml'));
    const chart = parse(read('../../charts/tributary/values.yaml')).services.gateway.config;
    expect(new Set(named)).toEqual(new Set(['admin']));
    for (const { authorization } of [local, chart])
      expect(authorization.policies).toEqual({ admin: { roles: ['admin'] } });
  });

  it('are each missed, but for those that stand twice on a way', () => {
    const unmissed = [...guards.keys()].filter((left) => {
      const without = new Map([...guards].filter(([coordinate]) => coordinate !== left));
      return findings(without).length === 0;
    });
    // An entity is protected whatever leads to it; root fields say the same where a client looks first.
    const entities = ['Notification', 'Order', 'Payment'];
    const toThem = rootTypes(schema).flatMap((type) =>
      Object.values(type.getFields())
        .filter((field) => entities.includes(getNamedType(field.type).name))
        .map((field) => `${type.name}.${field.name}`),
    );
    expect(unmissed.sort()).toEqual([...entities, ...toThem].sort());
  });
});

function guardFor(coordinate: string, seenBy: Audience): ReturnType<Guards['get']> {
  if (seenBy.includes('anonymous') || words(decidedByDomain).includes(coordinate)) return undefined;
  return seenBy.includes('other') || seenBy.includes('owner') ? 'signedIn' : 'admin';
}

/** What a caller can come to and is not to see. */
function findings(guarded: Guards): string[] {
  const found = (caller: 'anonymous' | 'customer', viewers: readonly Viewer[]) =>
    [...reachableBy(caller, schema, guarded)]
      .filter((coordinate) => !words(decidedByDomain).includes(coordinate))
      .filter((coordinate) => {
        const seenBy = audiences.get(coordinate);
        if (seenBy !== undefined) return !viewers.some((viewer) => seenBy.includes(viewer));
        return caller === 'anonymous' && !isPublicAnswer(coordinate);
      })
      .map((coordinate) => `${coordinate} by ${caller}`);
  return [...found('anonymous', ['anonymous']), ...found('customer', ['other', 'owner'])];
}

function isPublicAnswer(coordinate: string): boolean {
  const [name = ''] = coordinate.split('.');
  const type = schema.getType(name);
  const isRefusal = isObjectType(type) && type.getInterfaces().some((one) => one.name === 'DomainError');
  return isRefusal || words(`${plainValues} ${publicAnswers}`).includes(name);
}

function policyOf(): ReadonlyMap<string, Audience> {
  const seenBy = new Map<string, Audience>();
  const add = (type: string, names: readonly string[], audience: Audience) => {
    for (const name of names) {
      const coordinate = `${type}.${name}`;
      seenBy.set(coordinate, [...new Set([...(seenBy.get(coordinate) ?? []), ...audience])]);
    }
  };
  for (const row of rootRows) add('Query', [row.field], row.seenBy);
  for (const [audience, names] of impersonalRoots) add('Query', words(names), audience);
  for (const { type, fields } of typeRows) for (const [audience, names] of fields) add(type, words(names), audience);
  for (const { mutation, refusal } of mutationRows) {
    add('Mutation', [mutation], refusal === 'NotFoundError' ? ['other', 'owner', 'admin'] : ['admin']);
  }
  for (const [audience, names] of subscriptionRows) add('Subscription', words(names), audience);
  add('Mutation', words(ownMutations), ['other', 'owner', 'admin']);
  add('Mutation', words(publicMutations), VIEWERS);
  return seenBy;
}
