import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { nearest } from '@tributary/service-kit';
import { Kind } from 'graphql';
import { type ExitCode, UsageError } from '../commands/command.ts';
import { countedAs, type Finding, isBlocking } from '../finding.ts';
import { formatReport } from '../formats/formats.ts';
import { currentIsoDay } from '../lines/iso-day.ts';
import { sha256Of } from '../sha256-of.ts';
import { textTable } from '../text-table.ts';
import { kebabCase, type TrustedDocument } from '../trusted-documents.ts';
import { writeFile } from '../write-file.ts';
import { type ChangedDocument, changedDocuments, changeFindings, writeChangedDocuments } from './changed-documents.ts';
import { readLiveDocuments } from './live-documents.ts';
import { registeredDocuments } from './registered-documents.ts';
import { editRetired, RETIRED_FILE } from './retired-documents.ts';

export interface DocumentRequest {
  /** As the report names it. */
  readonly command: string;
  readonly root: string;
  readonly operands: readonly string[];
  /** Of the action's flag. */
  readonly value: string | undefined;
  readonly format: string;
}

export interface DocumentAction {
  readonly flag?: 'app' | 'reason';
  /** @throws UsageError, SourceError */
  run(request: DocumentRequest): ExitCode | Promise<ExitCode>;
}

/** What `graph documents` does, in the order of its help. */
export const DOCUMENT_ACTIONS: Readonly<Record<string, DocumentAction>> = {
  list: { run: list },
  extract: { flag: 'app', run: extract },
  register: { run: register },
  retire: { flag: 'reason', run: retire },
};

function report({ command, format }: DocumentRequest, findings: readonly Finding[], summary: string): ExitCode {
  console.log(formatReport({ command, findings, summary }, format));
  return isBlocking(findings) ? 1 : 0;
}

function list(request: DocumentRequest): ExitCode {
  const { command, root, operands, format } = request;
  if (operands.length > 0) throw new UsageError('graph documents list takes nothing but flags.');
  const { documents, retired, findings } = readLiveDocuments(root);
  const live = documents.map(({ app, name, path, text, document }) => {
    const [operation] = document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
    return { app, operation: name, kind: operation?.operation ?? '', sha256: sha256Of(text), file: path };
  });
  const summary = `${countedAs(live.length, 'live document')}, ${retired.length} retired`;
  if (format === 'json') {
    console.log(JSON.stringify({ command, documents: live, retired, findings, summary }, null, 2));
    return isBlocking(findings) ? 1 : 0;
  }
  if (format === 'text' && live.length + retired.length > 0) {
    const titles = ['APPLICATION', 'OPERATION', 'KIND', 'SHA-256', 'RETIRED'];
    const rows = live.map(({ app, operation, kind, sha256 }) => [app, operation, kind, sha256.slice(0, 12), '-']);
    const gone = retired.map(({ app, operation, sha256, retiredAt, reason }) => {
      const why = reason === undefined ? retiredAt : `${retiredAt}, ${reason}`;
      return [app, operation, '-', sha256.slice(0, 12), why];
    });
    console.log(`${textTable([titles, ...rows, ...gone])}\n`);
  }
  return report(request, findings, summary);
}

async function extract(request: DocumentRequest): Promise<ExitCode> {
  const { root, operands, value: app } = request;
  const [pattern, ...others] = operands;
  if (pattern === undefined || others.length > 0)
    throw new UsageError('graph documents extract takes one folder, or one glob in quotes.');
  if (app === undefined) throw new UsageError('graph documents extract takes --app with the name of the application.');
  checkApp(app);
  // What parses scripts is only loaded for this.
  const { extractDocuments } = await import('./extract-documents.ts');
  const { changed, findings, files } = extractDocuments(root, app, pattern);
  const source = countedAs(files, 'source file');
  if (isBlocking(findings)) return report(request, findings, `${source}: nothing of ${app} is written.`);
  return written(request, app, changed, findings, `${source}, `);
}

function register(request: DocumentRequest): ExitCode {
  const { root, operands } = request;
  const [app, ...files] = operands;
  if (app === undefined || files.length === 0)
    throw new UsageError('graph documents register takes an application and at least one file.');
  checkApp(app);
  const { documents, findings } = registeredDocuments(root, files);
  if (isBlocking(findings)) return report(request, findings, `Nothing of ${app} is written.`);
  return written(request, app, changedDocuments(root, app, documents), findings, '');
}

function written(
  request: DocumentRequest,
  app: string,
  changed: readonly ChangedDocument[],
  findings: readonly Finding[],
  read: string,
): ExitCode {
  writeChangedDocuments(request.root, app, changed);
  const counts = (['added', 'changed', 'unchanged'] as const).map(
    (state) => `${changed.filter((one) => one.state === state).length} ${state}`,
  );
  const all = [...changeFindings(app, changed), ...findings];
  return report(request, all, `${read}${countedAs(changed.length, 'document')} of ${app}: ${counts.join(', ')}`);
}

function retire(request: DocumentRequest): ExitCode {
  const { root, operands, value: reason } = request;
  const [app, ...names] = operands;
  if (app === undefined) throw new UsageError('graph documents retire takes an application.');
  const { documents, findings } = readLiveDocuments(root);
  if (isBlocking(findings)) return report(request, findings, `Nothing of ${app} is retired.`);
  const live = documents.filter((document) => document.app === app);
  if (live.length === 0) throw new UsageError(`${app} has no live documents.`);
  const chosen = names.length === 0 ? live : names.map((name) => documentNamed(live, name));
  const added = [...new Set(chosen)].map(({ name, text }) => ({
    ...{ app, operation: name, sha256: sha256Of(text), retiredAt: currentIsoDay() },
    ...(reason === undefined ? {} : { reason }),
  }));
  const file = join(root, RETIRED_FILE);
  const known = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  writeFile(file, editRetired(known, { without: () => false, added }));
  for (const { path } of chosen) {
    for (const each of [path, path.replace(/\.graphql$/, '.variables.json')]) rmSync(join(root, each), { force: true });
  }
  const operations = added.map(({ operation }) => operation).join(', ');
  return report(request, findings, `${countedAs(added.length, 'document')} of ${app} retired: ${operations}`);
}

function documentNamed(live: readonly TrustedDocument[], name: string): TrustedDocument {
  const found = live.find((document) => document.name === name || kebabCase(document.name) === name);
  if (found !== undefined) return found;
  const near = nearest(
    name,
    live.map((document) => document.name),
  );
  throw new UsageError(`There is no live document ${name}${near === undefined ? '.' : `; did you mean ${near}?`}`);
}

function checkApp(app: string): void {
  if (!/^[a-z][a-z0-9_-]*$/.test(app))
    throw new UsageError(`${app} is no name of an application: lower-case letters, digits, - and _.`);
}
