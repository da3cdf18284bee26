import type { Affected, Verdict } from './check/judge.ts';
import type { Layer } from './diff/change.ts';
import type { ChangeClass } from './diff/change-kinds.ts';

/** Something at a place in a file that somebody should know of, as a person and as a program reads it. */
export interface Finding {
  /** Errors block: exit code 1. */
  severity: 'error' | 'warning' | 'info';
  /** Stable, in capitals; a composition code, or one of ours. */
  code: string;
  message: string;
  /** What to do instead. */
  hint?: string;
  subgraph?: string;
  /** Schema coordinate, `Type.field`, where it is known. */
  coordinate?: string;
  /** Relative to the root. */
  file?: string;
  line?: number;
  column?: number;
  /** The line of the file that is meant. */
  source?: string;
  /** Of a change from one schema to another. */
  change?: ChangeFacts;
}

/** A day, and the commit of it. */
export interface Since {
  /** `2026-11-28`, of the commit, in UTC. */
  day: string;
  /** The whole hash. */
  commit: string;
}

/** Of a change, what a program reads. */
export interface ChangeFacts {
  /** `invalid`: what the GraphQL specification forbids, whatever changed. */
  class: ChangeClass | 'invalid';
  /** Which layers show it. */
  layers: readonly Layer[];
  subgraphs: readonly string[];
  /** Majors of the version lines that show it. */
  lines: readonly number[];
  fingerprint: string;
  verdict?: Verdict;
  affected: readonly Affected[];
  /** Of a change that blocks, where the base is of git: since when what it changes stands there as it does. */
  since?: Since;
  /** Since when it is deprecated. */
  deprecatedSince?: Since;
}

/** What a command found, as every format of `--format` shows it. */
export interface Report {
  /** `graph check`. */
  command: string;
  findings: readonly Finding[];
  /** One line: what was looked at, and the outcome. */
  summary: string;
}

/** Whether the command that found them ends with 1. */
export const isBlocking = (findings: readonly Finding[]): boolean =>
  findings.some(({ severity }) => severity === 'error');

export const countedAs = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;
