import type { ApolloServerPlugin } from '@apollo/server';
import {
  type ASTNode,
  type ConstDirectiveNode,
  type DocumentNode,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  Kind,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';

/** What `@cacheControl` says of a field or a type: seconds, or that it is as fresh as what it is in. */
type Hint = number | 'inherited' | undefined;

/**
 * Says in `cache-control` how long an answer may be kept, by the hints of the schema: as long as the field that changes
 * soonest. As with Apollo Server, without a hint a root field, and one that has fields of its own, is not to be kept.
 * Apollo's plugin looks at each field of each answer; this looks once at each document.
 *
 * Undefined where the schema has no hints.
 */
export function cacheHints(schema: GraphQLSchema): ApolloServerPlugin<object> | undefined {
  if (schema.getDirective('cacheControl') == null) return undefined;
  const known = new WeakMap<DocumentNode, number>();
  const maxAgeFor = (document: DocumentNode): number => {
    const maxAge = known.get(document) ?? maxAgeOf(document, schema);
    known.set(document, maxAge);
    return maxAge;
  };
  return {
    requestDidStart: async () => ({
      async willSendResponse({ document, operation, response }) {
        if (document === undefined || operation?.operation !== 'query' || response.body.kind !== 'single') return;
        if (response.body.singleResult.errors !== undefined) return;
        const maxAge = maxAgeFor(document);
        if (maxAge > 0) response.http.headers.set('cache-control', `max-age=${maxAge}, public`);
      },
    }),
  };
}

/** In seconds; 0 where it must not be kept. */
export function maxAgeOf(document: DocumentNode, schema: GraphQLSchema): number {
  const types = new TypeInfo(schema);
  let maxAge = Number.POSITIVE_INFINITY;
  const add = (hint: Hint) => {
    if (hint !== 'inherited') maxAge = Math.min(maxAge, hint ?? 0);
  };
  const visitor = visitWithTypeInfo(types, {
    [Kind.FIELD](node) {
      // Its types are in the fragments inside.
      if (node.name.value === '_entities') return;
      const type = getNamedType(types.getType());
      const hint = hintOf(types.getFieldDef()?.astNode) ?? hintOf(type?.astNode);
      const isRoot = types.getParentType() === schema.getQueryType();
      if (hint !== undefined || isRoot || isCompositeType(type)) add(hint);
    },
    [Kind.INLINE_FRAGMENT](node, _key, _parent, _path, ancestors) {
      const field = ancestors.findLast(
        (ancestor): ancestor is ASTNode => 'kind' in ancestor && ancestor.kind === Kind.FIELD,
      );
      const isEntity = field?.kind === Kind.FIELD && field.name.value === '_entities';
      if (isEntity && node.typeCondition !== undefined)
        add(hintOf(schema.getType(node.typeCondition.name.value)?.astNode));
    },
  });
  visit(document, visitor);
  return Number.isFinite(maxAge) ? maxAge : 0;
}

function hintOf(node: { readonly directives?: readonly ConstDirectiveNode[] | undefined } | null | undefined): Hint {
  const directive = node?.directives?.find(({ name }) => name.value === 'cacheControl');
  for (const { name, value } of directive?.arguments ?? []) {
    if (name.value === 'maxAge' && value.kind === Kind.INT) return Number(value.value);
    if (name.value === 'inheritMaxAge' && value.kind === Kind.BOOLEAN && value.value) return 'inherited';
  }
  return undefined;
}
