import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nearest } from '@tributary/service-kit';
import { parse } from 'yaml';
import { SourceError } from '../subgraphs.ts';
import type { Rule } from './rule.ts';

/** Relative to the root. */
export const LINT_CONFIG = 'schema/lint.yaml';

const SEVERITIES = ['off', 'warning', 'error'] as const;

export interface RuleSettings {
  severity: (typeof SEVERITIES)[number];
  options: Readonly<Record<string, readonly string[]>>;
}

/**
 * Reads `schema/lint.yaml`: `rules: { name: off | warning | error | { severity, option: [word, …] } }`. What it does not
 * name has its defaults, everything where there is no such file.
 *
 * @throws SourceError for what is not known (naming the nearest), not of that form, or not allowed.
 */
export function readLintConfig(root: string, rules: readonly Rule[]): Map<string, RuleSettings> {
  const settings = new Map(
    rules.map(({ name, severity, options }): [string, RuleSettings] => [name, { severity, options }]),
  );
  const file = readYaml(root);
  refuseUnknown(file, ['rules'], '');
  for (const [name, value] of Object.entries(mapIn(file.rules ?? {}, 'rules'))) {
    const rule = rules.find((each) => each.name === name);
    if (rule === undefined)
      throw unknown(
        `rules.${name}`,
        name,
        rules.map((each) => each.name),
      );
    settings.set(name, readRule(rule, value));
  }
  return settings;
}

function readRule(rule: Rule, value: unknown): RuleSettings {
  const place = `rules.${rule.name}`;
  const given = typeof value === 'string' ? { severity: value } : mapIn(value, place);
  refuseUnknown(given, ['severity', ...Object.keys(rule.options)], `${place}.`);
  const { severity = rule.severity, ...options } = given;
  const known = SEVERITIES.find((each) => each === severity);
  if (known === undefined) throw wrong(`${place}: the severity is one of ${SEVERITIES.join(', ')}.`);
  if (rule.locked && known !== rule.severity) throw wrong(`${place}: it cannot be anything but ${rule.severity}.`);
  for (const [name, list] of Object.entries(options)) {
    if (!Array.isArray(list) || list.some((word) => typeof word !== 'string'))
      throw wrong(`${place}.${name}: this is a list of words.`);
  }
  return { severity: known, options: { ...rule.options, ...(options as RuleSettings['options']) } };
}

function readYaml(root: string): Record<string, unknown> {
  const file = join(root, LINT_CONFIG);
  if (!existsSync(file)) return {};
  try {
    return mapIn(parse(readFileSync(file, 'utf8'), { logLevel: 'error' }) ?? {}, '(top)');
  } catch (error) {
    if (error instanceof SourceError) throw error;
    throw wrong(`it cannot be read: ${(error as { code?: string }).code}.`);
  }
}

function mapIn(value: unknown, place: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw wrong(`${place}: a map of keys is expected here.`);
  return value as Record<string, unknown>;
}

function refuseUnknown(given: Record<string, unknown>, known: readonly string[], place: string): void {
  for (const key of Object.keys(given)) if (!known.includes(key)) throw unknown(`${place}${key}`, key, known);
}

function unknown(place: string, key: string, known: readonly string[]): SourceError {
  const near = nearest(key, known);
  return wrong(`${place}: unknown key${near === undefined ? '.' : `; did you mean ${near}?`}`);
}

const wrong = (problem: string) => new SourceError(`${LINT_CONFIG}: ${problem}`);
