import { elementsOf, linkedNames, textArgument } from '@tributary/service-kit/sdl';
import { buildASTSchema, type DocumentNode, type GraphQLSchema, isTypeExtensionNode, Kind } from 'graphql';
import { appliedIn } from './compare-applied.ts';

export interface SubgraphSide {
  readonly name: string;
  readonly url: string;
  readonly document: DocumentNode;
}

/** One of the two graphs that are compared. */
export interface GraphSide {
  readonly subgraphs: readonly SubgraphSide[];
  /** Undefined where the subgraphs do not compose. */
  readonly composed: ComposedSide | undefined;
}

export interface ComposedSide {
  readonly supergraph: DocumentNode;
  readonly api: GraphQLSchema;
  /** What each version line shows, by its major. */
  readonly lines: ReadonlyMap<number, LineSide>;
}

/** One version line of a graph. */
export interface LineSide {
  readonly api: GraphQLSchema;
  /** With everything `@inaccessible` that is not in the line. */
  readonly supergraphSdl: string;
}

const EXTENDED = {
  [Kind.SCALAR_TYPE_EXTENSION]: Kind.SCALAR_TYPE_DEFINITION,
  [Kind.OBJECT_TYPE_EXTENSION]: Kind.OBJECT_TYPE_DEFINITION,
  [Kind.INTERFACE_TYPE_EXTENSION]: Kind.INTERFACE_TYPE_DEFINITION,
  [Kind.UNION_TYPE_EXTENSION]: Kind.UNION_TYPE_DEFINITION,
  [Kind.ENUM_TYPE_EXTENSION]: Kind.ENUM_TYPE_DEFINITION,
  [Kind.INPUT_OBJECT_TYPE_EXTENSION]: Kind.INPUT_OBJECT_TYPE_DEFINITION,
} as const;

/**
 * The types of a subgraph's SDL, or a supergraph's, without what a specification adds (`join__…`, `link__…`).
 * Undefined where it names a type that it does not define: composition tells of it.
 */
export function schemaOf(document: DocumentNode): GraphQLSchema | undefined {
  const { isLinked } = linkedNames(document);
  const defined = new Set(
    document.definitions.flatMap((node) => ('name' in node && !isTypeExtensionNode(node) ? [node.name?.value] : [])),
  );
  const definitions = document.definitions.flatMap((node) => {
    if ('name' in node && (node.name?.value.includes('__') || isLinked(node.name?.value ?? ''))) return [];
    // A subgraph may extend what another one defines.
    if (!isTypeExtensionNode(node) || defined.has(node.name.value)) return [node];
    defined.add(node.name.value);
    return [{ ...node, kind: EXTENDED[node.kind] } as DocumentNode['definitions'][number]];
  });
  try {
    return buildASTSchema({ kind: Kind.DOCUMENT, definitions }, { assumeValid: true, assumeValidSDL: true });
  } catch (error) {
    if ((error as Error).message.startsWith('Unknown type: ')) return undefined;
    throw error;
  }
}

/** Which subgraphs resolve a field: `Type.field` to their names. The fields of a key are everybody's. */
export function ownersOf(subgraphs: readonly SubgraphSide[]): ReadonlyMap<string, ReadonlySet<string>> {
  const owners = new Map<string, Set<string>>();
  const taken: [coordinate: string, from: string][] = [];
  for (const { name, document } of subgraphs) {
    const applied = appliedIn(document);
    for (const [coordinate, { node }] of elementsOf(document)) {
      if (node.kind !== Kind.FIELD_DEFINITION) continue;
      const [type = '', field = ''] = coordinate.split('.');
      const [own, ofType] = [applied.get(coordinate), applied.get(type)];
      const override = own?.get('override')?.[0];
      const [from, label] = ['from', 'label'].map((name) => override && textArgument(override, name));
      if (from !== undefined && label === undefined) taken.push([coordinate, from]);
      const isOfKey = ofType
        ?.get('key')
        ?.some((key) => (textArgument(key, 'fields') ?? '').split(/\W+/).includes(field));
      if (isOfKey || own?.has('external') || ofType?.has('external')) continue;
      owners.set(coordinate, (owners.get(coordinate) ?? new Set()).add(name));
    }
  }
  for (const [coordinate, from] of taken) owners.get(coordinate)?.delete(from);
  return owners;
}
