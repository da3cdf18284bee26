import { existsSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { composeSupergraph, type KnownSubgraphs } from '../compose.ts';
import { readLiveDocuments } from '../documents/live-documents.ts';
import { checkExampleVariables } from '../example-variables.ts';
import { countedAs, type Finding, type Report } from '../finding.ts';
import { parseFlags } from '../flags.ts';
import { FORMATS, formatReport } from '../formats/formats.ts';
import { lineDirectiveFindings } from '../lines/line-directive-findings.ts';
import { discoverSubgraphs, repositoryRoot, SourceError } from '../subgraphs.ts';
import { validateTrustedDocuments } from '../trusted-documents.ts';
import { watchRepository } from '../watch-repository.ts';
import { writeFile } from '../write-file.ts';
import { type Command, UsageError } from './command.ts';

const SUPERGRAPH = 'schema/supergraph.graphql';

export const compose: Command = {
  name: 'compose',
  summary: 'composes subgraphs/*/schema.graphql into schema/supergraph.graphql and validates trusted documents',
  usage: `graph compose [--check | --watch] [--out FILE] [--root FOLDER] [--format ${FORMATS.join('|')}]
  --check   writes nothing; a supergraph that is out of date is a finding
  --watch   composes again after each change, until it is stopped; a gateway that serves the file swaps
  --out     where to write (or, with --check, what to compare with), default ${SUPERGRAPH} of the repository
  --root    the repository: a folder with subgraphs/*/schema.graphql and config.yaml, default this one
A schema can be in several files of its folder, by comments above its definitions: # import "./types/money.graphql".
Errors and warnings say where they stand and what to do. Warnings do not block. The supergraph is written when the
subgraphs compose, also when a trusted document is not valid.`,
  async run(args) {
    const { check, watch, ...flags } = parseFlags(args, {
      check: { type: 'boolean', default: false },
      watch: { type: 'boolean', default: false },
      out: { type: 'string' },
      root: { type: 'string', default: repositoryRoot },
      format: { type: 'string', default: 'text', oneOf: FORMATS },
    });
    if (check && watch) throw new UsageError('--watch writes the supergraph, and --check does not.');
    const root = resolve(flags.root);
    const target = flags.out === undefined ? join(root, SUPERGRAPH) : resolve(flags.out);
    if (watch) {
      await composeOnChange(root, target, flags.format);
      return 0;
    }
    const { report } = composeRepository(root, target, { isCheck: check });
    console.log(formatReport(report, flags.format));
    return report.findings.some(isError) ? 1 : 0;
  },
};

/** Resolves when the process is to stop. */
async function composeOnChange(root: string, target: string, format: string): Promise<void> {
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());
  const known: KnownSubgraphs = new Map();
  let said: string | undefined;
  const composeAgain = () => {
    const startedMs = performance.now();
    try {
      const { report, isWritten } = composeRepository(root, target, { known });
      const text = formatReport(report, format);
      if (isWritten || text !== said) console.log(`${text} (${Math.round(performance.now() - startedMs)} ms)`);
      said = text;
    } catch (error) {
      // Whoever edits mends it; what is wrong at the start is no repository.
      if (!(error instanceof SourceError) || said === undefined) throw error;
      said = error.message;
      console.error(said);
    }
  };
  await watchRepository(root, composeAgain, stopping.signal);
}

/** Writes the supergraph when the subgraphs compose, unless it is only to be checked. */
function composeRepository(
  root: string,
  target: string,
  { isCheck = false, known }: { isCheck?: boolean; known?: KnownSubgraphs },
): { report: Report; isWritten: boolean } {
  const subgraphs = discoverSubgraphs(root);
  const { supergraphSdl, apiSchema, findings } = composeSupergraph(subgraphs, known);
  const isStale = supergraphSdl !== undefined && !isCurrent(target, supergraphSdl);
  const isWritten = isStale && !isCheck;
  // Before the rest is looked at: a gateway may wait for it.
  if (isWritten) writeFile(target, supergraphSdl);
  const live = readLiveDocuments(root);
  const all: Finding[] = [...lineDirectiveFindings(subgraphs), ...findings, ...live.findings];
  if (apiSchema !== undefined) {
    all.push(...validateTrustedDocuments(apiSchema, live.documents));
    all.push(...checkExampleVariables(root, apiSchema, live.documents));
  }
  if (isStale && isCheck) all.push(staleSupergraph(relative(root, target)));
  const errors = all.filter(isError);

  const counts = [countedAs(subgraphs.length, 'subgraph'), countedAs(live.documents.length, 'trusted document')];
  if (all.length > errors.length) counts.push(countedAs(all.length - errors.length, 'warning'));
  if (errors.length > 0) counts.push(countedAs(errors.length, 'error'));
  const outcome = errors.length > 0 ? 'not in order' : isWritten ? `written to ${target}` : 'up to date';
  const report = { command: 'graph compose', findings: all, summary: `${counts.join(', ')}: ${outcome}` };
  return { report, isWritten };
}

const isError = ({ severity }: Finding) => severity === 'error';

const staleSupergraph = (file: string): Finding => ({
  severity: 'error',
  code: 'STALE_SUPERGRAPH',
  message: 'It is not what the subgraphs compose to: run graph compose and commit the result.',
  file,
});

const isCurrent = (file: string, content: string) => existsSync(file) && readFileSync(file, 'utf8') === content;
