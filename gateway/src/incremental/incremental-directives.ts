import { type DocumentNode, Kind, parse } from 'graphql';

/** As the specification's draft has them; graphql-js 16 knows neither. */
const DEFINITIONS = parse(
  `"Directs the gateway to deliver a fragment later than the rest, where its fields take longer."
  directive @defer(
    "Deferred when true. Default: true."
    if: Boolean! = true
    "Unique in the document: says with the fragment which it is."
    label: String
  ) on FRAGMENT_SPREAD | INLINE_FRAGMENT

  "Directs the gateway to deliver the first items of a list before the others, where what is below them takes longer."
  directive @stream(
    "Streamed when true. Default: true."
    if: Boolean! = true
    "Unique in the document: says with the list which it is."
    label: String
    "So many items are delivered at first: 0 or more."
    initialCount: Int! = 0
  ) on FIELD`,
  { noLocation: true },
).definitions;

/** The schema that clients see with what they may say of the delivery; what it defines itself stays. */
export function withIncrementalDirectives(apiSchema: DocumentNode): DocumentNode {
  const names = new Set(
    apiSchema.definitions.flatMap((node) => (node.kind === Kind.DIRECTIVE_DEFINITION ? [node.name.value] : [])),
  );
  const added = DEFINITIONS.filter((node) => node.kind === Kind.DIRECTIVE_DEFINITION && !names.has(node.name.value));
  return { ...apiSchema, definitions: [...apiSchema.definitions, ...added] };
}
