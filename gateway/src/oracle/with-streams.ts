import {
  type ArgumentNode,
  type DirectiveNode,
  type DocumentNode,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isListType,
  Kind,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import type { SeededRandom } from './seeded-random.ts';

/** Of the response keys, those whose lists are streamed. */
const STREAMED = 0.8;
/** Lists are short. */
const MAX_INITIAL_COUNT = 2;

/** The same operation, some of its lists with `@stream`: at all places of one response key, as they may be merged. */
export function withStreams(document: DocumentNode, schema: GraphQLSchema, random: SeededRandom): DocumentNode {
  const types = new TypeInfo(schema);
  const chosen = new Map<string, DirectiveNode | undefined>();
  const directiveFor = (key: string) => {
    if (!chosen.has(key)) chosen.set(key, random.chance(STREAMED) ? streamDirective(key, random) : undefined);
    return chosen.get(key);
  };
  return visit(
    document,
    visitWithTypeInfo(types, {
      Field(node) {
        const [type, parent] = [types.getType(), types.getParentType()];
        const isRoot = parent === schema.getMutationType();
        if (type == null || isRoot || !isListType(getNullableType(type)) || !isCompositeType(getNamedType(type)))
          return;
        const stream = directiveFor((node.alias ?? node.name).value);
        return stream && { ...node, directives: [...(node.directives ?? []), stream] };
      },
    }),
  );
}

function streamDirective(key: string, random: SeededRandom): DirectiveNode {
  const count = random.between(0, MAX_INITIAL_COUNT);
  const given: ArgumentNode[] = [argument('initialCount', { kind: Kind.INT, value: String(count) })];
  if (random.chance(0.5)) given.push(argument('label', { kind: Kind.STRING, value: `s_${key}` }));
  return { kind: Kind.DIRECTIVE, name: { kind: Kind.NAME, value: 'stream' }, arguments: given };
}

const argument = (name: string, value: ArgumentNode['value']): ArgumentNode => ({
  kind: Kind.ARGUMENT,
  name: { kind: Kind.NAME, value: name },
  value,
});
