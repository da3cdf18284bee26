import type { ESTree } from 'rolldown/utils';
import type { GraphqlText, SourceText, TextPart } from './graphql-text.ts';

/** What tells GraphQL from other texts in one file: the names that `gql` and `graphql` have there. */
export type GraphqlTags = ReadonlySet<string>;

/** The expression's text; undefined for an expression that is none, and for one whose text only running it would tell. */
export function graphqlLiteral(node: ESTree.Node, file: SourceText, tags: GraphqlTags): GraphqlText | undefined {
  const parts = partsOf(node, file, tags);
  return parts && { file, parts };
}

/** Whether it is `gql`, `graphql`, or what a file calls them. */
export function isTag(node: ESTree.Node, tags: GraphqlTags): boolean {
  if (node.type === 'Identifier') return tags.has(node.name);
  // Of a namespace, such as Apollo.gql.
  return node.type === 'MemberExpression' && !node.computed && isTagName(node.property.name);
}

export const isTagName = (name: string) => name === 'gql' || name === 'graphql';

/** What stands in parentheses, or has a type asserted of it. */
export function unwrapped(node: ESTree.Node): ESTree.Node {
  switch (node.type) {
    case 'ParenthesizedExpression':
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
    case 'TSNonNullExpression':
      return unwrapped(node.expression);
    default:
      return node;
  }
}

function partsOf(wrapped: ESTree.Node, file: SourceText, tags: GraphqlTags): TextPart[] | undefined {
  const node = unwrapped(wrapped);
  switch (node.type) {
    case 'Literal': {
      const isText = typeof node.value === 'string';
      if (!isText && typeof node.value !== 'number') return undefined;
      return [{ kind: 'piece', text: String(node.value), offset: isText ? node.start + 1 : node.start }];
    }
    case 'TemplateLiteral':
      return templateParts(node, file, tags);
    case 'TaggedTemplateExpression':
      return isTag(node.tag, tags) ? templateParts(node.quasi, file, tags) : undefined;
    case 'CallExpression': {
      const [first] = node.arguments;
      return first !== undefined && isTag(node.callee, tags) ? partsOrHole(first, file, tags) : undefined;
    }
    case 'BinaryExpression':
      if (node.operator !== '+') return undefined;
      return [...partsOrHole(node.left, file, tags), ...partsOrHole(node.right, file, tags)];
    default:
      return undefined;
  }
}

const partsOrHole = (node: ESTree.Node, file: SourceText, tags: GraphqlTags): TextPart[] =>
  partsOf(node, file, tags) ?? [{ kind: 'hole', names: namesOf(node), offset: node.start, file }];

function templateParts(
  { quasis, expressions, start }: ESTree.TemplateLiteral,
  file: SourceText,
  tags: GraphqlTags,
): TextPart[] {
  // In TypeScript's form of the tree, a piece begins with the ` or } before it.
  const delimiter = quasis[0]?.start === start ? 1 : 0;
  return quasis.flatMap(({ value, start: offset }, index): TextPart[] => {
    const expression = expressions[index];
    const piece = { kind: 'piece', text: value.cooked ?? value.raw, offset: offset + delimiter } as const;
    return [piece, ...(expression === undefined ? [] : partsOrHole(expression, file, tags))];
  });
}

/** `a.b.c` as its names; undefined for another expression. */
export function namesOf(wrapped: ESTree.Node): string[] | undefined {
  const node = unwrapped(wrapped);
  if (node.type === 'Identifier') return [node.name];
  if (node.type !== 'MemberExpression' || node.computed || node.optional) return undefined;
  const object = namesOf(node.object);
  return object && [...object, node.property.name];
}
