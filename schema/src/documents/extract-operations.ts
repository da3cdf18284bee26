import {
  type DefinitionNode,
  type FragmentDefinitionNode,
  type FragmentSpreadNode,
  Kind,
  type OperationDefinitionNode,
  print,
  type Token,
  visit,
} from 'graphql';
import type { Finding } from '../finding.ts';
import { applicationTexts, type FindingAt, type ParsedText } from './application-texts.ts';
import type { SourcePlace } from './expand-text.ts';

export interface ExtractedOperation {
  readonly name: string;
  /** The operation below its comment, and every fragment that it needs. */
  readonly text: string;
  readonly place: SourcePlace;
}

/**
 * The operations of an application's source files, each as a document of its own. Errors are those of applicationTexts,
 * and INVALID_DOCUMENT, UNKNOWN_FRAGMENT, DUPLICATE_FRAGMENT and DUPLICATE_OPERATION.
 *
 * @param paths absolute
 */
export function extractOperations(
  paths: readonly string[],
  findingAt: FindingAt,
): { operations: ExtractedOperation[]; findings: Finding[] } {
  const { texts, findings } = applicationTexts(paths, findingAt);
  const fragments = new Fragments(texts);
  const operations = new Map<string, ExtractedOperation>();
  for (const text of texts) {
    for (const node of text.document.definitions) {
      if (node.kind !== Kind.OPERATION_DEFINITION) continue;
      const place = text.placeOf(node);
      const name = node.name?.value;
      if (name === undefined) {
        findings.push(findingAt(place, UNNAMED));
        continue;
      }
      const { used, problems } = fragments.usedBy(node, text);
      findings.push(...problems.map(({ at, ...problem }) => findingAt(at, problem)));
      const operation = { name, place, text: documentText(node, used) };
      const known = operations.get(name);
      if (known === undefined) operations.set(name, operation);
      // The same document may stand in several places; the comment is the first one's.
      else if (withoutComments(known.text) !== withoutComments(operation.text))
        findings.push(findingAt(place, duplicate('OPERATION', name, known.place)));
    }
  }
  return { operations: [...operations.values()], findings };
}

const UNNAMED = {
  code: 'INVALID_DOCUMENT',
  message: 'The operation has no name.',
  hint: 'Its file in schema/documents is called after it.',
};

const duplicate = (what: 'OPERATION' | 'FRAGMENT', name: string, { file, line }: SourcePlace) => ({
  code: `DUPLICATE_${what}`,
  message: `Another ${what.toLowerCase()} ${name} stands in ${file.path.replace(/^.*\//, '')}, line ${line}.`,
  hint: 'Give one of them another name.',
});

interface Fragment {
  readonly node: FragmentDefinitionNode;
  readonly text: string;
  readonly place: SourcePlace;
  readonly from: ParsedText;
}

interface Problem {
  at: SourcePlace;
  code: string;
  message: string;
}

class Fragments {
  /** Those that differ, by name. */
  readonly #byName = new Map<string, Fragment[]>();

  constructor(texts: readonly ParsedText[]) {
    for (const from of texts) {
      for (const fragment of fragmentsOf(from)) {
        const known = this.#byName.get(fragment.node.name.value) ?? [];
        if (!known.some(({ text }) => text === fragment.text)) known.push(fragment);
        this.#byName.set(fragment.node.name.value, known);
      }
    }
  }

  /** What an operation spreads, and what that spreads, each once, in the order in which it is met. */
  usedBy(operation: OperationDefinitionNode, from: ParsedText): { used: Fragment[]; problems: Problem[] } {
    const used = new Map<string, Fragment>();
    const problems: Problem[] = [];
    const follow = (node: DefinitionNode, text: ParsedText) => {
      for (const spread of spreadsOf(node)) {
        const name = spread.name.value;
        if (used.has(name)) continue;
        const found = this.#find(name, text);
        const [fragment, other] = found;
        if (fragment === undefined || other !== undefined)
          problems.push({ at: text.placeOf(spread), ...problemWith(name, found) });
        if (fragment === undefined) continue;
        used.set(name, fragment);
        follow(fragment.node, fragment.from);
      }
    };
    follow(operation, from);
    return { used: [...used.values()], problems };
  }

  /** A text's own fragments come before those of the same name elsewhere. */
  #find(name: string, text: ParsedText): readonly Fragment[] {
    const own = fragmentsOf(text).filter(({ node }) => node.name.value === name);
    const different = own.filter((one, index) => own.findIndex((other) => other.text === one.text) === index);
    return different.length > 0 ? different : (this.#byName.get(name) ?? []);
  }
}

const problemWith = (name: string, [, other]: readonly Fragment[]) =>
  other === undefined
    ? { code: 'UNKNOWN_FRAGMENT', message: `There is no fragment ${name} in the files that were looked at.` }
    : duplicate('FRAGMENT', name, other.place);

const fragmentsOf = (from: ParsedText): Fragment[] =>
  from.document.definitions
    .filter((node) => node.kind === Kind.FRAGMENT_DEFINITION)
    .map((node) => ({ node, text: print(node), place: from.placeOf(node), from }));

function spreadsOf(node: DefinitionNode): FragmentSpreadNode[] {
  const spreads: FragmentSpreadNode[] = [];
  visit(node, { FragmentSpread: (spread) => void spreads.push(spread) });
  return spreads;
}

function documentText(operation: OperationDefinitionNode, fragments: readonly Fragment[]): string {
  const definitions = [print(operation), ...fragments.map(({ text }) => text)];
  return `${commentAbove(operation)}${definitions.join('\n\n')}\n`;
}

/** The comment in the lines right above an operation: what it is for. */
function commentAbove({ loc }: OperationDefinitionNode): string {
  const lines: string[] = [];
  let token: Token | null | undefined = loc?.startToken;
  while (token?.prev?.kind === 'Comment' && token.prev.line === token.line - 1) {
    token = token.prev;
    lines.unshift(`#${token.value}`);
  }
  return lines
    .filter((line) => !line.startsWith('#import '))
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}

export const withoutComments = (text: string) => text.replaceAll(/^#.*\n/gm, '');
