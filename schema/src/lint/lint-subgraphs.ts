import type { Finding } from '../finding.ts';
import type { TextEdit } from './apply-edits.ts';
import { findingAt } from './finding-at.ts';
import { IgnoreComments } from './ignore-comments.ts';
import type { RuleSettings } from './lint-config.ts';
import type { LintSubgraph } from './lint-subgraph.ts';
import { codeOf, type Problem, type Rule } from './rule.ts';

export interface LintResult {
  /** By file, then place. */
  findings: Finding[];
  /** What `--fix` would change, by subgraph. */
  edits: Map<LintSubgraph, TextEdit[]>;
}

/**
 * Asks the rules about each subgraph.
 *
 * @param rules all rules; those that `settings` does not name, or says to be off, are not asked.
 */
export function lintSubgraphs(
  subgraphs: readonly LintSubgraph[],
  rules: readonly Rule[],
  settings: ReadonlyMap<string, RuleSettings>,
): LintResult {
  const findings: Finding[] = [];
  const edits: LintResult['edits'] = new Map();
  const active = rules.filter(({ name }) => (settings.get(name)?.severity ?? 'off') !== 'off');
  for (const subgraph of subgraphs) {
    const comments = new IgnoreComments(subgraph);
    for (const rule of active) {
      const { severity, options } = settings.get(rule.name) as RuleSettings & { severity: Rule['severity'] };
      for (const problem of rule.check({ subgraph, subgraphs, options })) {
        if (comments.ignores(rule, problem.element)) continue;
        findings.push(findingOf(subgraph, rule, severity, problem));
        if (problem.fix !== undefined) edits.set(subgraph, [...(edits.get(subgraph) ?? []), problem.fix]);
      }
    }
    findings.push(...comments.findings(rules, active));
  }
  return { findings: findings.sort(byPlace), edits };
}

function findingOf(
  subgraph: LintSubgraph,
  rule: Rule,
  severity: Rule['severity'],
  { element, at = element.node.name, message, hint }: Problem,
): Finding {
  const { coordinate } = element;
  const token = at.loc?.startToken ?? { line: 1, column: 1 };
  return findingAt(subgraph, token, { severity, code: codeOf(rule), message, hint, coordinate });
}

const byPlace = (a: Finding, b: Finding) =>
  (a.file ?? '').localeCompare(b.file ?? '') ||
  (a.line ?? 0) - (b.line ?? 0) ||
  (a.column ?? 0) - (b.column ?? 0) ||
  a.code.localeCompare(b.code);
