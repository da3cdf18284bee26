import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { composeSupergraph } from '../compose.ts';
import { readLiveDocuments } from '../documents/live-documents.ts';
import { checkExampleVariables } from '../example-variables.ts';
import { countedAs, type Finding } from '../finding.ts';
import { parseFlags } from '../flags.ts';
import { FORMATS, formatReport } from '../formats/formats.ts';
import { lineDirectiveFindings } from '../lines/line-directive-findings.ts';
import { discoverSubgraphs, repositoryRoot, SourceError } from '../subgraphs.ts';
import { validateTrustedDocuments } from '../trusted-documents.ts';
import type { Command } from './command.ts';

const SUPERGRAPH = 'schema/supergraph.graphql';

export const compose: Command = {
  name: 'compose',
  summary: 'composes subgraphs/*/schema.graphql into schema/supergraph.graphql and validates trusted documents',
  usage: `graph compose [--check] [--out FILE] [--root FOLDER] [--format ${FORMATS.join('|')}]
  --check   writes nothing; a supergraph that is out of date is a finding
  --out     where to write (or, with --check, what to compare with), default ${SUPERGRAPH} of the repository
  --root    the repository: a folder with subgraphs/*/schema.graphql and config.yaml, default this one
Warnings do not block. The supergraph is written when the subgraphs compose, also when a trusted document is not valid.`,
  async run(args) {
    const flags = parseFlags(args, {
      check: { type: 'boolean', default: false },
      out: { type: 'string' },
      root: { type: 'string', default: repositoryRoot },
      format: { type: 'string', default: 'text', oneOf: FORMATS },
    });
    const root = resolve(flags.root);
    const target = flags.out === undefined ? join(root, SUPERGRAPH) : resolve(flags.out);
    const subgraphs = discoverSubgraphs(root);
    const { supergraphSdl, apiSchema, findings } = composeSupergraph(subgraphs);
    const live = readLiveDocuments(root);
    const all: Finding[] = [...lineDirectiveFindings(subgraphs), ...findings, ...live.findings];
    if (apiSchema !== undefined) {
      all.push(...validateTrustedDocuments(apiSchema, live.documents));
      all.push(...checkExampleVariables(root, apiSchema, live.documents));
    }
    if (supergraphSdl !== undefined) {
      if (!flags.check) write(target, supergraphSdl);
      else if (!isCurrent(target, supergraphSdl)) all.push(staleSupergraph(relative(root, target)));
    }
    const errors = all.filter(({ severity }) => severity === 'error');

    const counts = [countedAs(subgraphs.length, 'subgraph'), countedAs(live.documents.length, 'trusted document')];
    if (all.length > errors.length) counts.push(countedAs(all.length - errors.length, 'warning'));
    if (errors.length > 0) counts.push(countedAs(errors.length, 'error'));
    const outcome = errors.length > 0 ? 'not in order' : flags.check ? 'up to date' : `written to ${target}`;
    const report = { command: 'graph compose', findings: all, summary: `${counts.join(', ')}: ${outcome}` };
    console.log(formatReport(report, flags.format));
    return errors.length > 0 ? 1 : 0;
  },
};

const staleSupergraph = (file: string): Finding => ({
  severity: 'error',
  code: 'STALE_SUPERGRAPH',
  message: 'It is not what the subgraphs compose to: run graph compose and commit the result.',
  file,
});

function write(file: string, content: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  } catch (error) {
    throw new SourceError(`${file} cannot be written: ${(error as NodeJS.ErrnoException).code}.`);
  }
}

const isCurrent = (file: string, content: string) => existsSync(file) && readFileSync(file, 'utf8') === content;
