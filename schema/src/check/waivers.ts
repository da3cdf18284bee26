import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nearest } from '@tributary/service-kit';
import { parse, YAMLParseError } from 'yaml';
import { SourceError } from '../subgraphs.ts';

export const WAIVERS = 'schema/waivers.yaml';

/** A client that a breaking change may break, until a day. */
export interface Waiver {
  /** As it calls itself to gateways, or an application of schema/documents; `*` for all. */
  readonly client: string;
  /** The change's fingerprint, as a check prints it. */
  readonly change: string;
  /** Who answers for it. */
  readonly owner: string;
  /** The last day on which it holds, as `2027-01-31`. */
  readonly expires: string;
  readonly reason?: string;
}

const REQUIRED = ['client', 'change', 'owner', 'expires'] as const;
const KNOWN: readonly string[] = [...REQUIRED, 'reason'];

/**
 * Reads schema/waivers.yaml, a list; none where there is no file.
 *
 * @throws SourceError for one that lacks something or says something unknown.
 */
export function readWaivers(root: string): Waiver[] {
  const file = join(root, WAIVERS);
  if (!existsSync(file)) return [];
  let list: unknown;
  try {
    list = parse(readFileSync(file, 'utf8'), { schema: 'failsafe' });
  } catch (error) {
    throw new SourceError(`${WAIVERS} is not YAML: ${error instanceof YAMLParseError ? error.code : 'unreadable'}.`);
  }
  if (list === null || list === '') return [];
  if (!Array.isArray(list)) throw new SourceError(`${WAIVERS} must be a list.`);
  return list.map((entry, index) => waiverOf(entry, `${WAIVERS}, waiver ${index + 1}`));
}

function waiverOf(entry: unknown, place: string): Waiver {
  const given: Record<string, unknown> = typeof entry === 'object' && entry !== null ? { ...entry } : {};
  for (const key of Object.keys(given)) {
    if (KNOWN.includes(key)) continue;
    const near = nearest(key, KNOWN);
    throw new SourceError(`${place}: unknown key ${key}${near === undefined ? '.' : `; did you mean ${near}?`}`);
  }
  for (const key of REQUIRED) {
    if (typeof given[key] !== 'string' || given[key] === '') throw new SourceError(`${place}: ${key} is missing.`);
  }
  const waiver = given as unknown as Waiver;
  if (!/^\d{4}-\d{2}-\d{2}$/.test(waiver.expires) || Number.isNaN(Date.parse(waiver.expires))) {
    throw new SourceError(`${place}: expires must be a day such as 2027-01-31.`);
  }
  return waiver;
}
