import { relative } from 'node:path';
import type { Finding } from '../finding.ts';
import { kebabCase, readTrustedDocuments } from '../trusted-documents.ts';
import type { FindingAt } from './application-texts.ts';
import { type ChangedDocument, changedDocuments } from './changed-documents.ts';
import { extractOperations } from './extract-operations.ts';
import { sourceFiles } from './source-files.ts';

export interface ExtractedDocuments {
  /** Not written yet. */
  changed: ChangedDocument[];
  /** Errors, see extractOperations; and DOCUMENT_NOT_FOUND, an info, for what the application's folder has beyond them. */
  findings: Finding[];
  /** How many source files were read. */
  files: number;
}

/**
 * The documents of an application, as its source files have them.
 *
 * @param pattern a folder or a glob
 * @throws SourceError when it names no files.
 */
export function extractDocuments(root: string, app: string, pattern: string): ExtractedDocuments {
  const paths = sourceFiles(pattern);
  const findingAt: FindingAt = ({ file, line, column }, finding) => {
    const source = file.text.split('\n')[line - 1]?.trimEnd();
    const place = { file: nameOf(root, file.path), line, column, ...(source === undefined ? {} : { source }) };
    return { severity: 'error', ...finding, ...place };
  };
  const { operations, findings } = extractOperations(paths, findingAt);
  const byFile = Map.groupBy(operations, ({ name }) => kebabCase(name));
  const sameFile = [...byFile].flatMap(([file, [first, ...others]]) =>
    others.map(({ name, place }) => {
      const message = `${name} and ${first?.name} would both be ${file}.graphql.`;
      return findingAt(place, { code: 'DUPLICATE_OPERATION', message, hint: 'Give one of them another name.' });
    }),
  );
  return {
    changed: changedDocuments(root, app, operations),
    findings: [...findings, ...sameFile, ...notFound(root, app, new Set(byFile.keys()))],
    files: paths.length,
  };
}

/** A file of the repository is named from its root. */
function nameOf(root: string, path: string): string {
  const name = relative(root, path);
  return name.startsWith('..') ? path : name;
}

const notFound = (root: string, app: string, found: ReadonlySet<string>): Finding[] =>
  readTrustedDocuments(root)
    .documents.filter((document) => document.app === app && !found.has(kebabCase(document.name)))
    .map(({ name, path }) => ({
      severity: 'info',
      code: 'DOCUMENT_NOT_FOUND',
      message: `${name} of ${app} is in none of the source files.`,
      hint: `When no version of the application sends it any more: graph documents retire ${app} ${name}`,
      file: path,
    }));
