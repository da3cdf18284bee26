import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { nearest } from '@tributary/service-kit';
import { parse } from 'yaml';
import { SourceError } from '../subgraphs.ts';
import { isPostgresUrl } from './open-usage-store.ts';
import { readDuration } from './read-duration.ts';

/** Relative to the root. */
export const CHECK_CONFIG = 'schema/check.yaml';

/** Where usage is read, and how far back. */
export interface UsageConfig {
  /** A folder, or `postgres://…`. */
  readonly store: string;
  readonly windowMs: number;
}

/** What `schema/check.yaml` says. */
export interface CheckConfig {
  /** Undefined where no store is named. */
  readonly usage: UsageConfig | undefined;
  /** Gateways take no other documents: what these do not use, nobody does. Default false. */
  readonly trustedDocumentsOnly: boolean;
}

/** What was asked for in the last 30 days is in use. */
export const DEFAULT_WINDOW_MS = 30 * 86_400_000;

/**
 * Reads `schema/check.yaml`: `usage: { store, window: 30d }`, a folder being relative to the root. No file: nothing is set.
 *
 * @throws SourceError for what is not known (naming the nearest), or not of that form.
 */
export function readCheckConfig(root: string): CheckConfig {
  const { usage, trustedDocumentsOnly = false } = mapIn(readYaml(root), '', ['usage', 'trustedDocumentsOnly']);
  if (typeof trustedDocumentsOnly !== 'boolean') throw wrong('trustedDocumentsOnly: expected true or false.');
  if (usage === undefined) return { usage: undefined, trustedDocumentsOnly };
  const { store, window } = mapIn(usage, 'usage', ['store', 'window']);
  if (typeof store !== 'string' || store === '') throw wrong('usage.store: expected a folder or a postgres:// URL.');
  const windowMs = window === undefined ? DEFAULT_WINDOW_MS : readDuration(window);
  if (windowMs === undefined) throw wrong('usage.window: expected a time such as 30d.');
  return { usage: { store: isPostgresUrl(store) ? store : resolve(root, store), windowMs }, trustedDocumentsOnly };
}

function readYaml(root: string): unknown {
  const file = join(root, CHECK_CONFIG);
  if (!existsSync(file)) return {};
  try {
    return parse(readFileSync(file, 'utf8'), { logLevel: 'error' }) ?? {};
  } catch (error) {
    // The code alone: the message quotes the line.
    throw wrong(`it cannot be read (${(error as { code?: string }).code}).`);
  }
}

function mapIn<K extends string>(value: unknown, place: string, known: readonly K[]): Partial<Record<K, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw wrong(`${place === '' ? '' : `${place}: `}expected a map of ${known.join(', ')}.`);
  }
  const unknown = Object.keys(value).find((key) => !known.includes(key as K));
  if (unknown === undefined) return value;
  const near = nearest(unknown, known);
  const path = place === '' ? unknown : `${place}.${unknown}`;
  throw wrong(`${path}: unknown key${near === undefined ? '.' : `; did you mean ${near}?`}`);
}

const wrong = (problem: string) => new SourceError(`${CHECK_CONFIG}: ${problem}`);
