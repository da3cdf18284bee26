import type { Source } from 'graphql';
import type { Finding } from '../finding.ts';
import { placeAt } from '../sdl/place-at.ts';
import type { TextEdit } from './apply-edits.ts';
import { IgnoreComments } from './ignore-comments.ts';
import type { RuleSettings } from './lint-config.ts';
import type { LintSubgraph } from './lint-subgraph.ts';
import { codeOf, type Problem, type Rule } from './rule.ts';

export interface LintResult {
  /** By file, then place. */
  findings: Finding[];
  /** What `--fix` would change, by file. */
  edits: Map<Source, TextEdit[]>;
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
        const file = locationOf(problem)?.source;
        if (problem.fix === undefined || file === undefined) continue;
        edits.set(file, [...(edits.get(file) ?? []), problem.fix]);
      }
    }
    findings.push(...comments.findings(rules, active));
  }
  return { findings: findings.sort(byPlace), edits };
}

function findingOf(subgraph: LintSubgraph, rule: Rule, severity: Rule['severity'], problem: Problem): Finding {
  const { element, message, hint } = problem;
  const loc = locationOf(problem);
  const place = loc === undefined ? {} : placeAt(loc.source, loc.startToken);
  const { coordinate } = element;
  return { severity, code: codeOf(rule), message, hint, coordinate, subgraph: subgraph.name, ...place };
}

const locationOf = ({ element, at = element.node.name }: Problem) => at.loc;

const byPlace = (a: Finding, b: Finding) =>
  (a.file ?? '').localeCompare(b.file ?? '') ||
  (a.line ?? 0) - (b.line ?? 0) ||
  (a.column ?? 0) - (b.column ?? 0) ||
  a.code.localeCompare(b.code);
