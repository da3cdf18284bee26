import { argumentOf } from '@tributary/service-kit/sdl';
import { type ConstDirectiveNode, type ConstValueNode, type DefinitionNode, type DocumentNode, Kind } from 'graphql';
import { isTypeWithFields, joins, type TypeWithFieldsNode } from '../supergraph/supergraph-types.ts';
import { impliedBy } from './implied-by.ts';
import type { Requirement, SecurityDirective } from './requirement.ts';
import { refusal, securityNames } from './security-links.ts';

/** What a supergraph requires of those who want to see its types and fields: all of each list. */
export interface RequirementTable {
  readonly all: readonly Requirement[];
  ofType(name: string): readonly Requirement[];
  ofField(type: string, field: string): readonly Requirement[];
}

/**
 * Reads the security directives of a supergraph.
 *
 * @returns undefined where everybody may see everything
 * @throws ConfigError for one that cannot be read, or of which nobody can say what it means
 */
export function requirementTable(supergraph: DocumentNode): RequirementTable | undefined {
  const names = securityNames(supergraph);
  const reader = new RequirementReader(names);
  const types = new Map<string, readonly Requirement[]>();
  const fields = new Map<string, readonly Requirement[]>();
  const composites = supergraph.definitions.filter(isTypeWithFields);
  for (const node of supergraph.definitions) {
    const { name, directives = [] } = named(node) ?? {};
    if (name !== undefined) add(types, name, reader.of(directives, name));
  }
  for (const node of composites) {
    for (const field of node.fields ?? []) {
      const coordinate = `${node.name.value}.${field.name.value}`;
      add(fields, coordinate, reader.of(field.directives ?? [], coordinate));
    }
  }
  if (reader.all.length === 0) return undefined;
  for (const node of composites) {
    for (const [coordinate, inherited] of fromInterfaceObjects(node, fields)) add(fields, coordinate, inherited);
    if (node.kind === Kind.INTERFACE_TYPE_DEFINITION && isDerived(node.name.value, composites, types)) {
      types.delete(node.name.value);
    }
  }
  inherit(composites, types, fields);
  return {
    all: reader.all,
    ofType: (name) => types.get(name) ?? NONE,
    ofField: (type, field) => fields.get(`${type}.${field}`) ?? NONE,
  };
}

const NONE: readonly Requirement[] = [];

function named(node: DefinitionNode): { name: string; directives: readonly ConstDirectiveNode[] } | undefined {
  if (!('directives' in node) || !('name' in node) || node.name === undefined) return undefined;
  if (node.kind === Kind.OPERATION_DEFINITION || node.kind === Kind.FRAGMENT_DEFINITION) return undefined;
  return { name: node.name.value, directives: (node.directives ?? []) as readonly ConstDirectiveNode[] };
}

function add(table: Map<string, readonly Requirement[]>, key: string, more: readonly Requirement[]): void {
  if (more.length > 0) table.set(key, [...new Set([...(table.get(key) ?? []), ...more])]);
}

/**
 * Composition writes on an interface what its types require together. Each of them asks for that itself, so that those
 * that ask for nothing can be seen; what an interface asks for beyond that is its own.
 */
function isDerived(
  name: string,
  composites: readonly TypeWithFieldsNode[],
  types: ReadonlyMap<string, readonly Requirement[]>,
): boolean {
  const required = composites
    .filter(({ kind, interfaces = [] }) => {
      const isOfIt = interfaces.some((one) => one.name.value === name);
      return isOfIt && kind === Kind.OBJECT_TYPE_DEFINITION;
    })
    .flatMap((node) => types.get(node.name.value) ?? []);
  return impliedBy(types.get(name) ?? NONE, required);
}

/**
 * What an interface, or a field of it, requires beyond what its objects do holds for each of them: a supergraph of older
 * composition says it there alone, and a fragment on an object would go round it.
 */
function inherit(
  composites: readonly TypeWithFieldsNode[],
  types: Map<string, readonly Requirement[]>,
  fields: Map<string, readonly Requirement[]>,
): void {
  const found: (() => void)[] = [];
  const hand = (table: typeof types, from: string, to: readonly string[]) => {
    const theirs = to.flatMap((key) => table.get(key) ?? NONE);
    const beyond = (table.get(from) ?? NONE).filter((one) => !impliedBy([one], theirs));
    found.push(() => {
      for (const key of to) add(table, key, beyond);
    });
  };
  for (const { kind, name, fields: own = [] } of composites) {
    if (kind !== Kind.INTERFACE_TYPE_DEFINITION) continue;
    const objects = composites
      .filter((node) => node.kind === Kind.OBJECT_TYPE_DEFINITION)
      .filter(({ interfaces = [] }) => interfaces.some((one) => one.name.value === name.value))
      .map((node) => node.name.value);
    hand(types, name.value, objects);
    for (const { name: field } of own) {
      const keys = objects.map((object) => `${object}.${field.value}`);
      hand(fields, `${name.value}.${field.value}`, keys);
    }
  }
  // Only now: what one interface hands on is not what the objects said themselves.
  for (const each of found) each();
}

/** A field that objects have only because a subgraph gives it to all of an interface requires what it requires there. */
function* fromInterfaceObjects(
  node: TypeWithFieldsNode,
  fields: ReadonlyMap<string, readonly Requirement[]>,
): Generator<[string, readonly Requirement[]]> {
  for (const field of node.fields ?? []) {
    const places = joins(field, 'join__field');
    if (places.length === 0 || places.some(({ graph }) => graph !== undefined)) continue;
    for (const { name } of node.interfaces ?? []) {
      const inherited = fields.get(`${name.value}.${field.name.value}`);
      if (inherited !== undefined) yield [`${node.name.value}.${field.name.value}`, inherited];
    }
  }
}

/** Requirements in the supergraph's directives, equal ones as one. */
class RequirementReader {
  readonly #names: ReadonlyMap<string, SecurityDirective>;
  readonly #known = new Map<string, Requirement>();

  constructor(names: ReadonlyMap<string, SecurityDirective>) {
    this.#names = names;
  }

  get all(): readonly Requirement[] {
    return [...this.#known.values()];
  }

  of(directives: readonly ConstDirectiveNode[], place: string): Requirement[] {
    return directives.flatMap((node) => {
      const directive = this.#names.get(node.name.value);
      if (directive === undefined) return [];
      const alternatives = directive === 'authenticated' ? [[]] : alternativesOf(node, ARGUMENT[directive]);
      if (alternatives === undefined) throw refusal(`@${node.name.value} of ${place} cannot be read`);
      const key = JSON.stringify([directive, alternatives]);
      const requirement = this.#known.get(key) ?? { directive, alternatives };
      this.#known.set(key, requirement);
      return [requirement];
    });
  }
}

const ARGUMENT = { requiresScopes: 'scopes', policy: 'policies' } as const;

/** Undefined for all but lists of lists of names. An empty list would be for everybody, or for nobody: it is refused. */
function alternativesOf(directive: ConstDirectiveNode, name: string): string[][] | undefined {
  return listOf(argumentOf(directive, name), (all) =>
    listOf(all, (one) => (one.kind === Kind.STRING && one.value !== '' ? one.value : undefined)),
  );
}

function listOf<T>(value: ConstValueNode | undefined, read: (item: ConstValueNode) => T | undefined): T[] | undefined {
  if (value?.kind !== Kind.LIST || value.values.length === 0) return undefined;
  const items = value.values.map(read);
  return items.every((item) => item !== undefined) ? items : undefined;
}
