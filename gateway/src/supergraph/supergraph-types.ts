import {
  type ConstDirectiveNode,
  type ConstValueNode,
  type DirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type InterfaceTypeDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  parse,
  type SelectionSetNode,
} from 'graphql';

/** What a supergraph says of its types beside the schema that clients see, in the join directives. */
export interface SupergraphTypes {
  /** The routing URL of each subgraph, by its name; empty where the supergraph has none. */
  readonly subgraphs: ReadonlyMap<string, string>;
  /** Of `@override(label:)`. */
  readonly overrideLabels: ReadonlySet<string>;
  /** Whether an object of the type `name` is one of `condition`, which is the same, or an interface or union of it. */
  includes(condition: string, name: string): boolean;
  /** Whether it is an object type. A subgraph may know no more of an object than its interface (`@interfaceObject`). */
  isObject(name: unknown): name is string;
  /** The keys by which a subgraph knows objects of the type: as what they are, or as an object of its interface. */
  keys(subgraph: string, name: string): readonly SelectionSetNode[];
  /** The fields of the object that the subgraph needs to resolve this one (`@requires`). */
  requirement(subgraph: string, type: string, field: string): SelectionSetNode | undefined;
}

export type TypeWithFieldsNode = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode;

export const isTypeWithFields = (node: { kind: Kind }): node is TypeWithFieldsNode =>
  node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.INTERFACE_TYPE_DEFINITION;

export function supergraphTypes(supergraph: DocumentNode): SupergraphTypes {
  const members = new Map<string, Set<string>>();
  const addMember = (type: string, member: string) => {
    const known = members.get(type) ?? new Set();
    members.set(type, known.add(member));
  };
  const objects = new Set<unknown>();
  const keys = new Map<string, SelectionSetNode[]>();
  const requirements = new Map<string, SelectionSetNode>();
  const overrideLabels = new Set<string>();
  const graphs = joinGraphs(supergraph);
  const nameOf = (graph: string) => graphs.get(graph)?.name ?? graph;
  for (const node of supergraph.definitions) {
    if (node.kind === Kind.UNION_TYPE_DEFINITION) {
      for (const { name } of node.types ?? []) addMember(node.name.value, name.value);
    }
    if (!isTypeWithFields(node)) continue;
    if (node.kind === Kind.OBJECT_TYPE_DEFINITION) objects.add(node.name.value);
    for (const { name } of node.interfaces ?? []) addMember(name.value, node.name.value);
    for (const { graph, key } of joins(node, 'join__type')) {
      if (graph === undefined || key === undefined) continue;
      const place = `${nameOf(graph)} ${node.name.value}`;
      keys.set(place, [...(keys.get(place) ?? []), fieldSet(key)]);
    }
    for (const field of node.fields ?? []) {
      for (const { graph, requires, overrideLabel } of joins(field, 'join__field')) {
        if (overrideLabel !== undefined) overrideLabels.add(overrideLabel);
        if (graph !== undefined && requires !== undefined)
          requirements.set(`${nameOf(graph)} ${node.name.value} ${field.name.value}`, fieldSet(requires));
      }
    }
  }
  const interfacesOf = (name: string) => [...members].flatMap(([type, all]) => (all.has(name) ? [type] : []));
  return {
    subgraphs: new Map([...graphs.values()].map(({ name, url }) => [name, url])),
    overrideLabels,
    includes: (condition, name) => condition === name || members.get(condition)?.has(name) === true,
    isObject: (name): name is string => objects.has(name),
    keys: (subgraph, name) => [name, ...interfacesOf(name)].flatMap((type) => keys.get(`${subgraph} ${type}`) ?? []),
    requirement: (subgraph, type, field) => requirements.get(`${subgraph} ${type} ${field}`),
  };
}

/** The subgraphs, by the values of `join__Graph` that stand for them. */
export function joinGraphs(supergraph: DocumentNode): Map<string, { name: string; url: string }> {
  const graphs = new Map<string, { name: string; url: string }>();
  for (const node of supergraph.definitions) {
    if (node.kind !== Kind.ENUM_TYPE_DEFINITION || node.name.value !== 'join__Graph') continue;
    for (const { name, directives = [] } of node.values ?? []) {
      const [graph] = directives.filter((directive) => directive.name.value === 'join__graph');
      graphs.set(name.value, {
        name: textArgument(graph, 'name') ?? name.value,
        url: textArgument(graph, 'url') ?? '',
      });
    }
  }
  return graphs;
}

interface Join {
  graph: string | undefined;
  key: string | undefined;
  /** Whether objects can be asked for by the key. */
  isResolvable: boolean;
  requires: string | undefined;
  overrideLabel: string | undefined;
}

export function joins({ directives = [] }: TypeWithFieldsNode | FieldDefinitionNode, name: string): Join[] {
  return directives
    .filter((directive) => directive.name.value === name)
    .map((directive) => ({
      graph: textArgument(directive, 'graph'),
      key: textArgument(directive, 'key'),
      isResolvable: !isFalse(argument(directive, 'resolvable')),
      requires: textArgument(directive, 'requires'),
      overrideLabel: textArgument(directive, 'overrideLabel'),
    }));
}

const argument = (directive: DirectiveNode | ConstDirectiveNode | undefined, name: string) =>
  directive?.arguments?.find((one) => one.name.value === name)?.value as ConstValueNode | undefined;

const isFalse = (value: ConstValueNode | undefined) => value?.kind === Kind.BOOLEAN && !value.value;

function textArgument(directive: DirectiveNode | ConstDirectiveNode | undefined, name: string): string | undefined {
  const value = argument(directive, name);
  return value?.kind === Kind.STRING || value?.kind === Kind.ENUM ? value.value : undefined;
}

export function fieldSet(text: string): SelectionSetNode {
  const [definition] = parse(`{${text}}`, { noLocation: true }).definitions;
  if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new Error('not a field set');
  return definition.selectionSet;
}
