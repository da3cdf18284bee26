import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, print } from 'graphql';
import type { Finding } from '../finding.ts';
import { sha256Of } from '../sha256-of.ts';
import { kebabCase } from '../trusted-documents.ts';
import { writeFile } from '../write-file.ts';
import { editRetired, RETIRED_FILE, readRetiredDocuments } from './retired-documents.ts';

/** A document of an application as it is to be in its folder. */
export interface NewDocument {
  /** The operation's. */
  readonly name: string;
  readonly text: string;
}

export interface ChangedDocument extends NewDocument {
  /** Relative to the root. */
  readonly path: string;
  readonly state: 'added' | 'changed' | 'unchanged';
}

/** What documents change in an application's folder. One that says the same in another layout changes nothing. */
export const changedDocuments = (root: string, app: string, documents: readonly NewDocument[]): ChangedDocument[] =>
  documents.map(({ name, text }) => {
    const path = `schema/documents/${app}/${kebabCase(name)}.graphql`;
    const file = join(root, path);
    const known = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
    if (known === undefined) return { name, text, path, state: 'added' };
    return { name, text, path, state: layoutOf(known) === layoutOf(text) ? 'unchanged' : 'changed' };
  });

/** Writes what is added and changed; what was retired and is sent again, is live again. */
export function writeChangedDocuments(root: string, app: string, changed: readonly ChangedDocument[]): void {
  for (const { path, text, state } of changed) if (state !== 'unchanged') writeFile(join(root, path), text);
  const digests = new Set(changed.map(({ path }) => sha256Of(readFileSync(join(root, path), 'utf8'))));
  const isSent = (entry: { app: string; sha256: string }) => entry.app === app && digests.has(entry.sha256);
  if (!readRetiredDocuments(root).retired.some(isSent)) return;
  const file = join(root, RETIRED_FILE);
  writeFile(file, editRetired(readFileSync(file, 'utf8'), { without: isSent, added: [] }));
}

/** DOCUMENT_ADDED and DOCUMENT_CHANGED, for the report. */
export const changeFindings = (app: string, changed: readonly ChangedDocument[]): Finding[] =>
  changed.flatMap(({ name, path, state }): Finding[] => {
    if (state === 'unchanged') return [];
    const code = `DOCUMENT_${state.toUpperCase()}`;
    const hint =
      state === 'changed' ? { hint: 'Versions of the application that are out there may send the old one still.' } : {};
    return [{ severity: 'info', code, message: `${name} of ${app} is ${state}.`, ...hint, file: path }];
  });

function layoutOf(text: string): string {
  try {
    return print(parse(text));
  } catch {
    return text;
  }
}
