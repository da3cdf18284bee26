import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { composeSupergraph } from '../compose.ts';
import { type Finding, formatFindings } from '../finding.ts';
import { parseFlags } from '../flags.ts';
import { discoverSubgraphs, repositoryRoot } from '../subgraphs.ts';
import { readTrustedDocuments, validateTrustedDocuments } from '../trusted-documents.ts';
import type { Command } from './command.ts';

const SUPERGRAPH = 'schema/supergraph.graphql';

export const compose: Command = {
  name: 'compose',
  summary: 'composes subgraphs/*/schema.graphql into schema/supergraph.graphql and validates trusted documents',
  usage: `graph compose [--check] [--out FILE] [--root FOLDER] [--format text|json]
  --check   writes nothing; a supergraph that is out of date is a finding
  --out     where to write, default ${SUPERGRAPH}
  --root    the repository, default this one`,
  async run(args) {
    const flags = parseFlags(args, {
      check: { type: 'boolean', default: false },
      out: { type: 'string' },
      root: { type: 'string', default: repositoryRoot },
      format: { type: 'string', default: 'text', oneOf: ['text', 'json'] },
    });
    const root = resolve(flags.root);
    const target = flags.out === undefined ? join(root, SUPERGRAPH) : resolve(flags.out);
    const subgraphs = discoverSubgraphs(root);
    const { supergraphSdl, apiSchema, findings } = composeSupergraph(subgraphs);
    const trusted = readTrustedDocuments(root);
    const all: Finding[] = [...findings, ...trusted.findings];
    if (apiSchema !== undefined) all.push(...validateTrustedDocuments(apiSchema, trusted.documents));
    if (supergraphSdl !== undefined && flags.check && !isCurrent(target, supergraphSdl)) {
      all.push({
        severity: 'error',
        code: 'STALE_SUPERGRAPH',
        message: 'Run npm run graph -- compose and commit the result.',
        file: SUPERGRAPH,
      });
    }
    const failed = all.some(({ severity }) => severity === 'error');
    if (supergraphSdl !== undefined && !flags.check) writeFileSync(target, supergraphSdl);

    if (flags.format === 'json' || all.length > 0) console.log(formatFindings(all, flags.format));
    if (flags.format === 'text' && !failed) {
      console.log(
        `${subgraphs.length} subgraphs compose, ${trusted.documents.length} trusted documents are valid: ${flags.check ? 'up to date' : target}`,
      );
    }
    return failed ? 1 : 0;
  },
};

const isCurrent = (file: string, content: string) => existsSync(file) && readFileSync(file, 'utf8') === content;
