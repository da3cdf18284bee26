import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { nearest } from '@tributary/service-kit';
import { countedAs } from '../finding.ts';
import { parseFlags } from '../flags.ts';
import { FORMATS, formatReport } from '../formats/formats.ts';
import { applyEdits } from '../lint/apply-edits.ts';
import { LINT_CONFIG, type RuleSettings, readLintConfig } from '../lint/lint-config.ts';
import { lintRepository } from '../lint/lint-repository.ts';
import type { LintResult } from '../lint/lint-subgraphs.ts';
import { rules } from '../lint/rules.ts';
import { repositoryRoot, SourceError } from '../subgraphs.ts';
import { type Command, UsageError } from './command.ts';

export const lint: Command = {
  name: 'lint',
  summary: 'looks for what is better not said so in subgraphs/*/schema.graphql, by the rules of schema/lint-rules.md',
  usage: `graph lint [--fix] [--rule NAME …] [--root FOLDER] [--format ${FORMATS.join('|')}]
  --fix     mends what can be mended without a change for clients; the rest of each file stays as it is, byte for byte
  --rule    asks these rules alone, also those that ${LINT_CONFIG} has switched off
  --root    the repository: a folder with subgraphs/*/schema.graphql and config.yaml, default this one
Warnings do not block. ${LINT_CONFIG} switches rules off or changes them, a comment does so for one definition:
  # graph-lint-ignore rule-name: why it is wrong here
Rules:
${rules.map(({ name, summary }) => `  ${name.padEnd(22)}${summary}`).join('\n')}`,
  async run(args) {
    const { names, rest } = takeRuleNames(args);
    const flags = parseFlags(rest, {
      fix: { type: 'boolean', default: false },
      rule: { type: 'string' },
      root: { type: 'string', default: repositoryRoot },
      format: { type: 'string', default: 'text', oneOf: FORMATS },
    });
    const root = resolve(flags.root);
    const settings = chosen(readLintConfig(root, rules), names);
    const mended = flags.fix ? mend(root, settings) : 0;
    const { findings, subgraphs } = lintRepository(root, settings);

    const asked = [...settings.values()].filter(({ severity }) => severity !== 'off').length;
    const errors = findings.filter(({ severity }) => severity === 'error').length;
    const counts = [
      ...(errors > 0 ? [countedAs(errors, 'error')] : []),
      ...(findings.length > errors ? [countedAs(findings.length - errors, 'warning')] : []),
    ];
    const summary = [
      ...[countedAs(subgraphs, 'subgraph'), countedAs(asked, 'rule')],
      ...(flags.fix ? [`${mended} mended`] : []),
    ].join(', ');
    const outcome = counts.length > 0 ? counts.join(', ') : 'nothing found';
    console.log(formatReport({ command: 'graph lint', findings, summary: `${summary}: ${outcome}` }, flags.format));
    return errors > 0 ? 1 : 0;
  },
};

/** `--rule a b --rule=c` → a, b, c. */
function takeRuleNames(args: readonly string[]): { names: string[]; rest: string[] } {
  const names: string[] = [];
  const rest: string[] = [];
  let isName = false;
  for (const arg of args) {
    if (arg.startsWith('-')) isName = arg === '--rule';
    if (arg.startsWith('--rule=')) names.push(arg.slice('--rule='.length));
    else if (arg !== '--rule') (isName ? names : rest).push(arg);
  }
  if (args.includes('--rule') && names.length === 0) throw new UsageError('--rule takes the name of a rule.');
  return { names, rest };
}

/** @throws UsageError for a name that no rule has. */
function chosen(
  settings: ReadonlyMap<string, RuleSettings>,
  names: readonly string[],
): ReadonlyMap<string, RuleSettings> {
  if (names.length === 0) return settings;
  return new Map(
    names.map((name) => {
      const rule = rules.find((each) => each.name === name);
      const configured = settings.get(name);
      if (rule === undefined || configured === undefined) {
        const near = nearest(name, [...settings.keys()]);
        throw new UsageError(`There is no rule ${name}${near === undefined ? '.' : `; did you mean ${near}?`}`);
      }
      return [name, configured.severity === 'off' ? { ...configured, severity: rule.severity } : configured];
    }),
  );
}

/** Mends until nothing is left that can be: one mend can make room for the next. Says how many there were. */
function mend(root: string, settings: ReadonlyMap<string, RuleSettings>): number {
  const { edits } = lintRepository(root, settings);
  if (edits.size === 0) return 0;
  writeMended(root, edits);
  const count = [...edits.values()].reduce((sum, each) => sum + each.length, 0);
  return count + mend(root, settings);
}

function writeMended(root: string, edits: LintResult['edits']): void {
  for (const [{ name, body }, each] of edits) {
    try {
      writeFileSync(join(root, name), applyEdits(body, each));
    } catch (error) {
      throw new SourceError(`${name} cannot be written: ${(error as NodeJS.ErrnoException).code}.`);
    }
  }
}
