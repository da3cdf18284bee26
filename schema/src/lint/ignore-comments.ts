import { nearest } from '@tributary/service-kit';
import { type Source, type Token, TokenKind } from 'graphql';
import type { Finding } from '../finding.ts';
import { placeAt } from '../sdl/place-at.ts';
import type { Element, LintSubgraph } from './lint-subgraph.ts';
import type { Rule } from './rule.ts';

/** `# graph-lint-ignore rule-name: reason`. */
interface IgnoreComment {
  token: Token;
  file: Source;
  rule: string;
  reason: string;
  used: boolean;
}

const FORM = /^\s*graph-lint-ignore\b\s*([^\s:]*)\s*:?(.*)$/;

/** The comments of a subgraph's files that switch a rule off for the definition below them. */
export class IgnoreComments {
  readonly #subgraph: LintSubgraph;
  readonly #comments: ReadonlyMap<Token, IgnoreComment>;

  constructor(subgraph: LintSubgraph) {
    this.#subgraph = subgraph;
    this.#comments = new Map(commentsOf(subgraph).map((comment) => [comment.token, comment]));
  }

  /** Whether a comment switches the rule off for the element; for an argument, a comment above its field does too. */
  ignores(rule: Rule, element: Element): boolean {
    if (rule.locked) return false;
    const own = [...tokensAbove(element)]
      .map((token) => this.#comments.get(token))
      .filter((comment) => comment?.rule === rule.name && comment.reason !== '');
    for (const comment of own) if (comment !== undefined) comment.used = true;
    if (own.length > 0) return true;
    return element.kind === 'argument' && element.parent !== undefined && this.ignores(rule, element.parent);
  }

  /**
   * What is wrong with the comments themselves, after all rules were asked.
   *
   * @param active the rules that were asked: a comment for another one may be right.
   */
  findings(rules: readonly Rule[], active: readonly Rule[]): Finding[] {
    return [...this.#comments.values()].flatMap((comment): Finding[] => {
      const { token, file, rule: name, reason, used } = comment;
      const place = { subgraph: this.#subgraph.name, ...placeAt(file, token) };
      const rule = rules.find((each) => each.name === name);
      const refuse = (message: string, hint: string): Finding[] => [
        { severity: 'error', code: 'INVALID_IGNORE', message, hint, ...place },
      ];
      if (rule === undefined) {
        const near = nearest(name, rules.map(nameOf));
        return refuse(
          name === '' ? 'The comment names no rule.' : `There is no rule ${name}.`,
          near === undefined ? `Write ${FORM_IN_WORDS}` : `Did you mean ${near}?`,
        );
      }
      if (rule.locked) return refuse(`${name} cannot be switched off.`, 'Mend what it finds, and remove the comment.');
      if (reason === '') return refuse(`The comment says no reason, so ${name} stays on.`, `Write ${FORM_IN_WORDS}`);
      if (used || !active.includes(rule)) return [];
      const message = `${name} finds nothing in the definition below this comment.`;
      const hint = 'Remove it, or put it on the line directly above the definition that is meant.';
      return [{ severity: 'warning', code: 'UNUSED_IGNORE', message, hint, ...place }];
    });
  }
}

const FORM_IN_WORDS = '# graph-lint-ignore rule-name: why it is wrong here';
const nameOf = ({ name }: Rule) => name;

function commentsOf({ document }: LintSubgraph): IgnoreComment[] {
  // One definition leads to all tokens of its file.
  const files = new Map(document.definitions.flatMap(({ loc }) => (loc === undefined ? [] : [[loc.source, loc]])));
  const comments: IgnoreComment[] = [];
  for (const [file, { startToken }] of files) {
    for (const token of tokensAround(startToken)) {
      const [, rule, reason] = (token.kind === TokenKind.COMMENT && FORM.exec(token.value)) || [];
      if (rule !== undefined) comments.push({ token, file, rule, reason: reason?.trim() ?? '', used: false });
    }
  }
  return comments;
}

function* tokensAround(known: Token): Iterable<Token> {
  let first = known;
  while (first.prev !== null) first = first.prev;
  for (let token: Token | null = first; token !== null; token = token.next) yield token;
}

/** The comments in the lines directly above a definition, and those between its description and its name. */
function* tokensAbove({ node }: Element): Iterable<Token> {
  const first = node.loc?.startToken;
  let token = node.name.loc?.startToken.prev;
  for (; token != null && first !== undefined && token.start > first.start; token = token.prev) {
    if (token.kind === TokenKind.COMMENT) yield token;
  }
  let { line } = first ?? { line: 0 };
  for (token = first?.prev; token?.kind === TokenKind.COMMENT && token.line === line - 1; token = token.prev) {
    if (!standsAlone(node.loc?.source.body ?? '', token)) return;
    yield token;
    line = token.line;
  }
}

/** Whether nothing but space stands before it in its line: else it belongs to what does. */
const standsAlone = (sdl: string, { start, column }: Token) => sdl.slice(start - column + 1, start).trim() === '';
