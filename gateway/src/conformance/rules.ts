const FEDERATION = 'https://www.apollographql.com/docs/graphos/schema-design/federated-schemas';
const GRAPHQL = 'https://spec.graphql.org/September2025';

/** What behaviours are judged by. */
export const RULES = {
  entities: { text: 'Federation, entities', url: `${FEDERATION}/entities/intro` },
  resolveEntities: {
    text: 'Federation, subgraph specification: `_entities`',
    url: `${FEDERATION}/reference/subgraph-spec#understanding-query_entities`,
  },
  key: { text: 'Federation, `@key`', url: `${FEDERATION}/reference/directives#key` },
  requires: { text: 'Federation, `@requires`', url: `${FEDERATION}/reference/directives#requires` },
  provides: { text: 'Federation, `@provides`', url: `${FEDERATION}/reference/directives#provides` },
  shareable: { text: 'Federation, `@shareable`', url: `${FEDERATION}/reference/directives#shareable` },
  override: { text: 'Federation, `@override`', url: `${FEDERATION}/reference/directives#override` },
  inaccessible: { text: 'Federation, `@inaccessible`', url: `${FEDERATION}/reference/directives#inaccessible` },
  tag: { text: 'Federation, `@tag`', url: `${FEDERATION}/reference/directives#tag` },
  interfaceObject: { text: 'Federation, `@interfaceObject`', url: `${FEDERATION}/entities/interfaces` },
  fromContext: { text: 'Federation, `@fromContext`', url: `${FEDERATION}/reference/directives#fromcontext` },
  composition: { text: 'Federation, composition rules', url: `${FEDERATION}/reference/composition-rules` },
  coercion: { text: 'GraphQL, input coercion', url: `${GRAPHQL}/#sec-Types` },
  results: { text: 'GraphQL, result coercion', url: `${GRAPHQL}/#sec-Types` },
  directives: { text: 'GraphQL, `@skip` and `@include`', url: `${GRAPHQL}/#sec-Type-System.Directives` },
  introspection: { text: 'GraphQL, introspection', url: `${GRAPHQL}/#sec-Introspection` },
  variables: { text: 'GraphQL, coercing variable values', url: `${GRAPHQL}/#sec-Coercing-Variable-Values` },
  mutations: { text: 'GraphQL, mutations', url: `${GRAPHQL}/#sec-Mutation` },
  fields: { text: 'GraphQL, field collection', url: `${GRAPHQL}/#sec-Field-Collection` },
  arguments: { text: 'GraphQL, coercing field arguments', url: `${GRAPHQL}/#sec-Coercing-Field-Arguments` },
  completion: { text: 'GraphQL, value completion', url: `${GRAPHQL}/#sec-Value-Completion` },
  errors: { text: 'GraphQL, handling execution errors', url: `${GRAPHQL}/#sec-Handling-Execution-Errors` },
  errorPaths: { text: 'GraphQL, errors', url: `${GRAPHQL}/#sec-Errors` },
} as const;

export type RuleName = keyof typeof RULES;
