import { type ConstDirectiveNode, type DocumentNode, Kind } from 'graphql';
import { argumentOf } from './directive-arguments.ts';
import { linkedDirective } from './links.ts';

/** Nothing is fetched from there. */
export const LINES_IDENTITY = 'https://specs.tributary.dev/lines';

/** What a subgraph's schema holds to use the directives; its `@link` to federation imports `@composeDirective`. */
export const LINES_SDL = `extend schema
  @link(url: "${LINES_IDENTITY}/v1.0", import: ["@since", "@until", "@sunset"])
  @composeDirective(name: "@since")
  @composeDirective(name: "@until")
  @composeDirective(name: "@sunset")

"Part of the API from this major version on."
directive @since(
  major: Int!
) on OBJECT | INTERFACE | UNION | ENUM | INPUT_OBJECT | SCALAR | FIELD_DEFINITION | ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION | ENUM_VALUE

"Part of the API up to this major version, which is the last to have it."
directive @until(
  major: Int!
) on OBJECT | INTERFACE | UNION | ENUM | INPUT_OBJECT | SCALAR | FIELD_DEFINITION | ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION | ENUM_VALUE

"When what is deprecated may go (\`YYYY-MM-DD\`), the schema coordinate of what takes its place, and whom to ask."
directive @sunset(
  on: String!
  replacement: String
  owner: String!
) on FIELD_DEFINITION | ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION | ENUM_VALUE
`;

/** The directives, each with the argument that one of another meaning would hardly have. */
export const LINE_DIRECTIVES = { since: 'major', until: 'major', sunset: 'on' } as const;
export type LineDirective = keyof typeof LINE_DIRECTIVES;

/** What a schema document calls the directive; undefined where it does not link the specification. */
export const lineDirective = (document: DocumentNode, directive: LineDirective): string | undefined =>
  linkedDirective(document, LINES_IDENTITY, directive);

/** The directive of an element with that name. */
export const directiveOf = (
  node: { readonly directives?: readonly ConstDirectiveNode[] | undefined },
  name: string | undefined,
): ConstDirectiveNode | undefined =>
  name === undefined ? undefined : node.directives?.find((directive) => directive.name.value === name);

/** The major of a `@since` or `@until`; NaN where it is no whole number from 1. */
export function majorOfDirective(directive: ConstDirectiveNode): number {
  const value = argumentOf(directive, 'major');
  const major = value?.kind === Kind.INT ? Number(value.value) : Number.NaN;
  return major >= 1 ? major : Number.NaN;
}
