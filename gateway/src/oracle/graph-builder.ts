import {
  type EntityKey,
  type Graph,
  type GraphArgument,
  type GraphField,
  type GraphType,
  type Home,
  isLeaf,
  namedType,
  typeOf,
  typesOfKind,
} from './graph-model.ts';
import type { SeededRandom } from './seeded-random.ts';

export const SCALARS = ['Int', 'Float', 'String', 'Boolean', 'ID'];

const RESOLVES: Home = { role: 'resolves' };

export interface NewField {
  name: string;
  type: string;
  arguments?: readonly GraphArgument[];
  possible?: readonly string[] | undefined;
  isKey?: boolean;
}

/** What the steps of the generator have in common: they add to one graph with one random generator. */
export class GraphBuilder {
  readonly graph: Graph;
  readonly random: SeededRandom;
  /** Subgraphs where an entity must not be mentioned, as an interface of it is an `@interfaceObject` there. */
  readonly #unknownIn = new Map<string, string>();

  constructor(graph: Graph, random: SeededRandom) {
    this.graph = graph;
    this.random = random;
  }

  addType(name: string, kind: GraphType['kind'], interfaceObjectIn?: string): GraphType {
    const type: GraphType = {
      ...{ name, kind, fields: new Map(), keys: new Map(), members: new Map() },
      ...(interfaceObjectIn === undefined ? {} : { interfaceObjectIn }),
    };
    this.graph.types.set(name, type);
    return type;
  }

  addField(type: GraphType, field: NewField, homes: readonly string[]): GraphField {
    const { name, possible, isKey = false } = field;
    const added: GraphField = {
      ...{ name, type: field.type, arguments: field.arguments ?? [], isKey },
      ...(possible === undefined ? {} : { possible }),
      homes: new Map(homes.map((subgraph) => [subgraph, RESOLVES])),
      isReliable: isKey,
      isProvided: false,
    };
    type.fields.set(name, added);
    return added;
  }

  /** A name that the type has no field of. Names recur from type to type, as they do in life. */
  fieldName(type: GraphType, of: string): string {
    const base = of.toLowerCase();
    for (let count = 1; ; count++) if (!type.fields.has(`${base}${count}`)) return `${base}${count}`;
  }

  hideFrom(subgraph: string, entity: string): void {
    this.#unknownIn.set(entity, subgraph);
  }

  isHidden(entity: string): boolean {
    return this.#unknownIn.has(entity);
  }

  canDeclare(type: GraphType, subgraph: string): boolean {
    if (type.kind === 'interface' || type.kind === 'union') return type.members.has(subgraph);
    return type.kind !== 'root' && this.#unknownIn.get(type.name) !== subgraph;
  }

  /** A subgraph that declares a field declares the field's type too: of an entity, at least a key. */
  declareTypeOf(type: string, subgraph: string): void {
    const named = this.graph.types.get(namedType(type));
    if (named?.kind === 'entity' && !named.keys.has(subgraph)) this.#addKeys(named, subgraph, false);
  }

  /** The subgraph resolves the entity by its key and may have fields of its own in it. */
  addHome(entity: GraphType, subgraph: string): void {
    const isHome = entity.keys.get(subgraph)?.some(({ isResolvable }) => isResolvable) ?? false;
    if (!isHome) this.#addKeys(entity, subgraph, true);
  }

  /** Subgraphs that resolve the entity by its key. */
  homesOf(entity: GraphType): string[] {
    return [...entity.keys].flatMap(([subgraph, keys]) => (keys.some((key) => key.isResolvable) ? [subgraph] : []));
  }

  addKeys(entity: GraphType, subgraph: string, keys: readonly EntityKey[]): void {
    entity.keys.set(subgraph, [...keys]);
    for (const name of keys.flatMap(({ fields }) => keyFieldNames(fields))) {
      const field = entity.fields.get(name);
      if (field === undefined) throw new Error(`no key field ${entity.name}.${name}`);
      field.homes.set(subgraph, RESOLVES);
      this.declareTypeOf(field.type, subgraph);
    }
  }

  #addKeys(entity: GraphType, subgraph: string, isResolvable: boolean): void {
    const [first] = entity.keys.values();
    const fields = first?.[0]?.fields;
    if (fields === undefined) throw new Error(`${entity.name} has no key`);
    this.addKeys(entity, subgraph, [{ fields, isResolvable }]);
  }

  /** The type of a field that these subgraphs resolve. */
  outputType(homes: readonly string[]): { type: string; possible: readonly string[] | undefined; base: string } {
    const kind = this.random.weighted({
      scalar: 34,
      enum: 10,
      value: 12,
      entity: 26,
      abstract: homes.length > 1 ? 0 : 18,
    });
    const named = this.#namedOutput(kind, homes);
    const possible = this.graph.types.get(named)?.members.get(homes[0] ?? '');
    for (const home of homes) this.declareTypeOf(named, home);
    return { type: this.wrapped(named), possible, base: possible === undefined ? named : 'any' };
  }

  #namedOutput(kind: 'scalar' | 'enum' | 'value' | 'entity' | 'abstract', homes: readonly string[]): string {
    const { random, graph } = this;
    if (kind === 'enum') return random.pick([...graph.enums.keys()]);
    if (kind === 'scalar') return random.pick(SCALARS);
    const kinds = kind === 'abstract' ? (['interface', 'union'] as const) : [kind];
    const types = typesOfKind(graph, ...kinds).filter((type) => homes.every((home) => this.canDeclare(type, home)));
    return types.length === 0 ? random.pick(SCALARS) : random.pick(types).name;
  }

  wrapped(named: string): string {
    const forms = {
      T: 46,
      'T!': 18,
      '[T]': 9,
      '[T!]': 6,
      '[T]!': 5,
      '[T!]!': 8,
      '[[T]]': 4,
      '[[T!]!]': 2,
      '[[T]!]!': 2,
    };
    return this.random.weighted(forms).replace('T', named);
  }

  /** Now and then: arguments. Their values go into the field's. */
  arguments(): GraphArgument[] {
    const { random, graph } = this;
    if (random.chance(0.6)) return [];
    const [first = ''] = graph.enums.keys();
    const [color = ''] = graph.enums.get(first) ?? [];
    const input = random.pick([...graph.inputs.keys()]);
    const candidates: GraphArgument[] = [
      random.chance(0.5) ? { name: 'count', type: 'Int', defaultValue: '3' } : { name: 'count', type: 'Int' },
      random.chance(0.5) ? { name: 'unit', type: `${first}!`, defaultValue: color } : { name: 'unit', type: first },
      random.chance(0.3) ? { name: 'text', type: 'String!' } : { name: 'text', type: 'String' },
      { name: 'units', type: `[${first}!]` },
      random.chance(0.4)
        ? { name: 'filter', type: input, defaultValue: '{limit: 9}' }
        : { name: 'filter', type: input },
      { name: 'exact', type: 'Boolean!', defaultValue: 'true' },
    ];
    return random.some(candidates, random.between(1, 3));
  }

  /** Fields without anything below them that this subgraph does not declare. */
  leavesElsewhere(type: GraphType, subgraph: string): GraphField[] {
    return [...type.fields.values()].filter((field) => isLeaf(this.graph, field.type) && !field.homes.has(subgraph));
  }

  type(name: string): GraphType {
    return typeOf(this.graph, name);
  }
}

/** Those at the top of a key such as `parent { id } slot`. */
export const keyFieldNames = (fields: string): string[] =>
  fields
    .replace(/\{[^}]*\}/g, '')
    .split(/\s+/)
    .filter((name) => name !== '');
