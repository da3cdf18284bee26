import type { ASTNode } from 'graphql';
import type { TextEdit } from './apply-edits.ts';
import type { Element, LintSubgraph } from './lint-subgraph.ts';

/** One thing that `graph lint` looks for, in the manner of graphql-js' validation rules. */
export interface Rule<Option extends string = string> {
  /** In kebab-case, as in schema/lint.yaml, comments and `--rule`; in capitals it is the findings' code. */
  name: string;
  /** Unless schema/lint.yaml says otherwise. */
  severity: 'warning' | 'error';
  /** One line, what it asks for. */
  summary: string;
  /** The lists that schema/lint.yaml can replace, with what they hold by default. */
  options: Readonly<Record<Option, readonly string[]>>;
  /** Neither schema/lint.yaml nor a comment can switch it off: what it finds is not valid GraphQL. */
  locked?: true;
  check(context: RuleContext<Option>): Iterable<Problem>;
}

export interface RuleContext<Option extends string = string> {
  /** The one whose problems are asked for. */
  subgraph: LintSubgraph;
  /** All of them, this one too, by name. */
  subgraphs: readonly LintSubgraph[];
  options: Readonly<Record<Option, readonly string[]>>;
}

export interface Problem {
  /** The definition that is meant: a comment above it can switch the rule off there. */
  element: Element;
  /** What of it is shown, default its name. */
  at?: ASTNode;
  /** A sentence that names what is wrong. */
  message: string;
  /** What to do instead. */
  hint: string;
  /** Mends it, in the file of what is shown, and cannot change what the subgraphs compose to for clients. */
  fix?: TextEdit;
}

/** `type-names` → `TYPE_NAMES`. */
export const codeOf = (rule: Rule): string => rule.name.replaceAll('-', '_').toUpperCase();
