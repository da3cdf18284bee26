import { type ESTree, parseSync } from 'rolldown/utils';
import { type GraphqlTags, graphqlLiteral, isTag, isTagName } from './graphql-literal.ts';
import type { GraphqlText, SourceText } from './graphql-text.ts';
import { innerNames } from './inner-names.ts';
import { type ModuleNames, moduleNames } from './module-names.ts';
import { walkSyntax } from './walk-syntax.ts';

/** A JavaScript or TypeScript file, as far as GraphQL documents need it. */
export interface ScriptModule extends ModuleNames {
  readonly file: SourceText;
  /** Its GraphQL texts, in order. */
  readonly texts: readonly GraphqlText[];
  /** Names that mean something else in a part of the module. */
  readonly ambiguous: ReadonlySet<string>;
  /** Why it, or a part of it, could not be read. */
  readonly problems: readonly { code: 'SOURCE_NOT_VALID' | 'DOCUMENT_NOT_STATIC'; message: string; offset: number }[];
}

/** The form of the syntax, by the ending of the file's name. */
export const SCRIPT_LANGUAGES: Readonly<Record<string, 'js' | 'jsx' | 'ts' | 'tsx'>> = {
  '.js': 'jsx',
  '.jsx': 'jsx',
  '.mjs': 'jsx',
  '.cjs': 'jsx',
  '.ts': 'ts',
  '.mts': 'ts',
  '.cts': 'ts',
  '.tsx': 'tsx',
};

/** @param ending one of SCRIPT_LANGUAGES. */
export function readScript(file: SourceText, ending: string): ScriptModule {
  const lang = SCRIPT_LANGUAGES[ending] ?? 'ts';
  const { program, comments, errors } = parseSync(file.path, file.text, { lang, preserveParens: false });
  const [error] = errors.filter(({ severity }) => severity === 'Error');
  if (error !== undefined) {
    const problem = {
      code: 'SOURCE_NOT_VALID',
      message: `It cannot be parsed: ${error.message}.`,
      offset: error.labels[0]?.start ?? 0,
    } as const;
    return { file, ...moduleNames([], file, new Set()), texts: [], ambiguous: new Set(), problems: [problem] };
  }
  const tags = tagsOf(program.body);
  const found = graphqlTexts(program, file, tags, endsOfMarks(comments, file));
  return { file, ...moduleNames(program.body, file, tags), ...found, ambiguous: innerNames(program) };
}

/** By what names a module imports `gql` and `graphql`. */
function tagsOf(body: readonly ESTree.Node[]): GraphqlTags {
  const tags = new Set(['gql', 'graphql']);
  for (const statement of body) {
    if (statement.type !== 'ImportDeclaration') continue;
    for (const specifier of statement.specifiers) {
      const isNamed =
        specifier.type === 'ImportSpecifier' &&
        specifier.imported.type === 'Identifier' &&
        isTagName(specifier.imported.name);
      const isDefault = specifier.type === 'ImportDefaultSpecifier' && /^graphql-tag\b/.test(statement.source.value);
      if (isNamed || isDefault) tags.add(specifier.local.name);
    }
  }
  return tags;
}

/** Where what stands behind a comment GraphQL begins. */
const endsOfMarks = (comments: readonly { type: string; value: string; end: number }[], { text }: SourceText) =>
  new Set(
    comments
      .filter(({ type, value }) => type === 'Block' && value.trim() === 'GraphQL')
      .map(({ end }) => end + (/^[\s(]*/.exec(text.slice(end))?.[0].length ?? 0)),
  );

function graphqlTexts(
  program: ESTree.Program,
  file: SourceText,
  tags: GraphqlTags,
  marked: Set<number>,
): Pick<ScriptModule, 'texts' | 'problems'> {
  const texts: GraphqlText[] = [];
  const unused = new Set(marked);
  walkSyntax(program, (node) => {
    const isMarked = marked.has(node.start) && EXPRESSIONS.has(node.type);
    const text = isMarked || isTagged(node, tags) ? graphqlLiteral(node, file, tags) : undefined;
    if (text === undefined) return true;
    unused.delete(node.start);
    texts.push(text);
    // What is in it is part of it.
    return false;
  });
  const message = 'What the comment GraphQL stands before is no text that is known without running it.';
  return { texts, problems: [...unused].map((offset) => ({ code: 'DOCUMENT_NOT_STATIC', message, offset })) };
}

/** What a comment GraphQL marks; a concatenation begins where its first text does. */
const EXPRESSIONS = new Set<string>(['BinaryExpression', 'TemplateLiteral', 'Literal', 'TaggedTemplateExpression']);

function isTagged(node: ESTree.Node, tags: GraphqlTags): boolean {
  if (node.type === 'TaggedTemplateExpression') return isTag(node.tag, tags);
  if (node.type !== 'CallExpression' || !isTag(node.callee, tags)) return false;
  const [first] = node.arguments;
  if (first === undefined) return false;
  // graphql(…) is also the function of graphql-js that executes: it takes no text first.
  const mayExecute = node.callee.type === 'Identifier' && node.callee.name === 'graphql';
  return !mayExecute || graphqlLiteral(first, { path: '', text: '' }, tags) !== undefined;
}
