import { buildSubgraphSchema } from '@apollo/subgraph';
import { type ExecutionResult, execute, type GraphQLSchema, isObjectType, parse, validate } from 'graphql';
import type { Mark } from './constructs.ts';
import { fieldSelection, selectionText } from './field-selection.ts';
import {
  type EntityKey,
  fieldOf,
  type Graph,
  type GraphType,
  type Home,
  resolvingHomes,
  typeOf,
} from './graph-model.ts';
import { subgraphSdl } from './print-graph.ts';
import type { Store, StoredObject } from './store.ts';

export interface SubgraphRequest {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

export type Ask = (request: SubgraphRequest) => Promise<ExecutionResult>;

/** What a case puts into subgraphs that serve many. */
export interface CaseContext {
  readonly store: Store;
  readonly mark: Mark;
}

type Representation = Readonly<Record<string, unknown>>;

/** An object as the subgraph has it. */
interface LocalObject {
  /** The subgraph's name of its type: an interface's where that is an `@interfaceObject`. */
  readonly __typename: string;
  readonly stored: StoredObject;
  readonly representation?: Representation;
  readonly provided?: string | undefined;
}

/**
 * A subgraph in this process. It resolves what it owns and nothing else; a field that requires others is made from the
 * representation that came, so that what is wrong there shows in the answer.
 */
export class Subgraph {
  readonly sdl: string;
  readonly #graph: Graph;
  readonly #name: string;
  readonly #schema: GraphQLSchema;

  constructor(graph: Graph, name: string) {
    this.#graph = graph;
    this.#name = name;
    this.sdl = subgraphSdl(graph, name);
    this.#schema = this.#executable();
  }

  async ask({ query, variables }: SubgraphRequest, contextValue: CaseContext): Promise<ExecutionResult> {
    const document = parse(query);
    const errors = validate(this.#schema, document);
    const result =
      errors.length > 0
        ? { errors }
        : await execute({ schema: this.#schema, document, variableValues: variables, contextValue });
    return JSON.parse(JSON.stringify(result));
  }

  #executable(): GraphQLSchema {
    const entities = [...this.#graph.types.values()].filter(({ keys }) => keys.has(this.#name));
    const resolvers = entities.map((type) => {
      const __resolveReference = (representation: Representation, context: CaseContext) =>
        this.#byReference(type, representation, context);
      return [type.name, { __resolveReference }];
    });
    const schema = buildSubgraphSchema([{ typeDefs: parse(this.sdl), resolvers: Object.fromEntries(resolvers) }]);
    for (const type of this.#graph.types.values()) {
      const local = schema.getType(type.name);
      if (!isObjectType(local)) continue;
      for (const field of Object.values(local.getFields())) {
        if (!type.fields.has(field.name)) continue;
        field.resolve = (source, args, context: CaseContext) =>
          this.#resolve(source ?? root(type.name), field.name, args, context);
      }
    }
    return schema;
  }

  #resolve(source: LocalObject, name: string, args: object, context: CaseContext): unknown {
    const { stored } = source;
    const home = fieldOf(this.#graph, source.__typename, name).homes.get(this.#name);
    const isProvided = source.provided === name;
    if (home === undefined || (home.role !== 'resolves' && !isProvided)) {
      throw new Error(`${this.#name} does not resolve ${source.__typename}.${name}`);
    }
    this.#markField(source.__typename, name, home, context.mark);
    const { requires } = home;
    const value =
      requires === undefined || isProvidedHere(requires, source)
        ? context.store.read(stored, name, args)
        : context.store.readGiven(stored, name, args, textOf(requires, source.representation ?? {}));
    return this.#local(value, home.provides, context.mark);
  }

  #markField(type: string, name: string, home: Home, mark: Mark): void {
    const field = fieldOf(this.#graph, type, name);
    const { kind } = typeOf(this.#graph, type);
    if (kind !== 'value' && !field.isKey && !field.isProvided && resolvingHomes(field).length > 1) mark('@shareable');
    if (home.role === 'external') mark('@external, provided');
    if (home.overrides !== undefined) mark('@override, new owner');
    if (home.requires === undefined) return;
    mark('@requires');
    if (kind === 'interface') mark('@interfaceObject with @requires');
    if (home.requires.includes('{')) mark('@requires, nested');
    if (home.requires.includes('(')) mark('@requires with arguments');
  }

  /** Objects of the store under the subgraph's names. */
  #local(value: unknown, provided: string | undefined, mark: Mark): unknown {
    if (Array.isArray(value)) return value.map((item) => this.#local(item, provided, mark));
    if (!isStored(value)) return value;
    const type = this.#localType(value);
    const keys = type.keys.get(this.#name) ?? [];
    if (keys.length > 0 && keys.every(({ isResolvable }) => !isResolvable)) mark('@key(resolvable: false)');
    return { __typename: type.name, stored: value, provided } satisfies LocalObject;
  }

  #localType({ __typename }: StoredObject): GraphType {
    for (const type of this.#graph.types.values()) {
      const isMember = type.members.get(this.#name)?.includes(__typename) ?? false;
      if (type.interfaceObjectIn === this.#name && isMember) return type;
    }
    return typeOf(this.#graph, __typename);
  }

  /** The entity that has every key of the representation; one with the values of two finds none. */
  #byReference(type: GraphType, representation: Representation, { store, mark }: CaseContext): LocalObject | null {
    const keys = (type.keys.get(this.#name) ?? []).filter((key) => key.isResolvable && isIn(key, representation));
    if (keys.length === 0) throw new Error(`${this.#name} cannot find a ${type.name} by this representation`);
    const names = type.kind === 'interface' ? (type.members.get(this.#name) ?? []) : [type.name];
    const stored = names
      .flatMap((name) => store.entities(name))
      .find((object) => keys.every(({ fields }) => store.selected(object, fields) === textOf(fields, representation)));
    for (const { fields } of keys) this.#markKey(type, fields, mark);
    return stored === undefined ? null : { __typename: this.#localType(stored).name, stored, representation };
  }

  #markKey(type: GraphType, fields: string, mark: Mark): void {
    if (type.interfaceObjectIn === this.#name) mark('@interfaceObject');
    const allKeys = new Set([...type.keys.values()].flat().map((key) => key.fields));
    if (allKeys.size > 1) mark('@key, one of several');
    else if (fields.includes('{')) mark('@key, nested');
    else if (fields.includes(' ')) mark('@key, compound');
    else mark('@key, single');
  }
}

const root = (type: string): LocalObject => ({ __typename: type, stored: { __typename: type, ref: '' } });

const textOf = (fields: string, representation: Representation): string =>
  selectionText(fieldSelection(fields), representation, (source, node) => source[node.name.value]);

/** What a field requires may have come with the object: then this subgraph knows it without being told. */
const isProvidedHere = (requires: string, { representation, provided }: LocalObject): boolean =>
  representation === undefined && requires === provided;

const isIn = ({ fields }: EntityKey, representation: Representation): boolean =>
  !textOf(fields, representation).includes('undefined');

const isStored = (value: unknown): value is StoredObject =>
  typeof value === 'object' && value !== null && 'ref' in value;
