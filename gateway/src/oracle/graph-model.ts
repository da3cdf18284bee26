/**
 * A federated graph as the generator thinks of it: the merged types, and for each field the subgraphs that declare it. The
 * subgraphs' SDL and the merged schema are both printed from it, so that the merged schema owes nothing to composition.
 */
export interface Graph {
  readonly subgraphs: readonly string[];
  readonly enums: ReadonlyMap<string, readonly string[]>;
  /** Input types; every subgraph has them all. */
  readonly inputs: ReadonlyMap<string, readonly GraphArgument[]>;
  readonly types: Map<string, GraphType>;
}

export interface GraphType {
  readonly name: string;
  /** `value`: an object type without a key, which every subgraph has. */
  readonly kind: 'root' | 'entity' | 'value' | 'interface' | 'union';
  readonly fields: Map<string, GraphField>;
  /** Of entities: the keys of each subgraph that declares it. Of an entity interface too. */
  readonly keys: Map<string, EntityKey[]>;
  /** Of interfaces and unions: the object types that belong to it, for each subgraph that declares it. */
  readonly members: Map<string, readonly string[]>;
  /** The subgraph where this interface is an `@interfaceObject`, or where an implementation must be unknown for that. */
  readonly interfaceObjectIn?: string;
}

export interface EntityKey {
  readonly fields: string;
  readonly isResolvable: boolean;
}

export interface GraphField {
  readonly name: string;
  readonly type: string;
  readonly arguments: readonly GraphArgument[];
  readonly homes: Map<string, Home>;
  readonly isKey: boolean;
  /** For a type that is an interface or a union: the object types that may come. */
  readonly possible?: readonly string[];
  /** Never fails and is never null against its type: a failure of what the client did not ask for has no right answer. */
  isReliable: boolean;
  /** Another subgraph provides it in some place. */
  isProvided: boolean;
}

export interface GraphArgument {
  readonly name: string;
  readonly type: string;
  readonly defaultValue?: string;
}

/** What a field is to a subgraph that declares it. */
export interface Home {
  readonly role: 'resolves' | 'external' | 'overridden';
  readonly requires?: string;
  readonly provides?: string;
  readonly overrides?: string;
}

export function typeOf(graph: Graph, name: string): GraphType {
  const type = graph.types.get(name);
  if (type === undefined) throw new Error(`no type ${name}`);
  return type;
}

export function fieldOf(graph: Graph, type: string, name: string): GraphField {
  const field = typeOf(graph, type).fields.get(name);
  if (field === undefined) throw new Error(`no field ${type}.${name}`);
  return field;
}

/** `Money` of `[Money!]!`. */
export const namedType = (type: string): string => type.replace(/[[\]!]/g, '');

export const isLeaf = (graph: Graph, type: string): boolean => !graph.types.has(namedType(type));

export const typesOfKind = (graph: Graph, ...kinds: readonly GraphType['kind'][]): GraphType[] =>
  [...graph.types.values()].filter(({ kind }) => kinds.includes(kind));

export const resolvingHomes = ({ homes }: GraphField): string[] =>
  [...homes].flatMap(([subgraph, { role }]) => (role === 'resolves' ? [subgraph] : []));

/** The `@requires` of a field, where it has one: at most one subgraph resolves such a field. */
export function requirementOf({ homes }: GraphField): string | undefined {
  for (const { requires } of homes.values()) if (requires !== undefined) return requires;
  return undefined;
}

/** How the generator calls fields that require others. */
export const DERIVED = 'derived';

/** Whether what is required includes fields that require others themselves. */
export const requiresDerived = (requires: string): boolean => new RegExp(`\\b${DERIVED}`).test(requires);

/** Interfaces that an object type implements: in one subgraph, or in any. */
export const interfacesOf = (graph: Graph, object: string, subgraph?: string): GraphType[] =>
  typesOfKind(graph, 'interface').filter(({ members }) =>
    subgraph === undefined
      ? [...members.values()].some((names) => names.includes(object))
      : members.get(subgraph)?.includes(object),
  );
