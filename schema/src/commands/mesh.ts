import { join, relative, resolve } from 'node:path';
import { countedAs, type Finding } from '../finding.ts';
import { parseFlags } from '../flags.ts';
import { FORMATS, formatReport } from '../formats/formats.ts';
import { bindsEvents } from '../mesh/binds-events.ts';
import { deriveEdges, type Edges } from '../mesh/derive-edges.ts';
import { findEdgesBlock, newEdgesBlock } from '../mesh/edges-block.ts';
import { edgesYaml } from '../mesh/edges-yaml.ts';
import { staleEdges } from '../mesh/stale-edges.ts';
import { subgraphsOfSupergraph } from '../mesh/subgraphs-of-supergraph.ts';
import { readSupergraph } from '../planning/read-supergraph.ts';
import { readText } from '../read-text.ts';
import { repositoryRoot } from '../subgraphs.ts';
import { writeFile } from '../write-file.ts';
import { type Command, UsageError } from './command.ts';

const VALUES = 'charts/tributary/values.yaml';
const SUPERGRAPH = 'schema/supergraph.graphql';

export const mesh: Command = {
  name: 'mesh',
  summary: "writes who calls whom into the chart's values, from the supergraph and what the subgraphs declare",
  usage: `graph mesh [--check | --print] [--supergraph FILE] [--out FILE] [--root FOLDER] [--format ${FORMATS.join('|')}]
  --check       writes nothing; each edge that the file has too many or too few is a finding
  --print       writes to standard output, for use without the chart
  --supergraph  default ${SUPERGRAPH} of the repository; of another graph only the gateway's edges are known, unless
                --root names its repository
  --out         the values file, default ${VALUES} of the repository; its lines between
                \`# BEGIN edges\` and \`# END edges\` are replaced, all others stay as they are
  --root        the repository: a folder with subgraphs/, default this one
What is derived from what: docs/mesh.md.`,
  async run(args) {
    const flags = parseFlags(args, {
      check: { type: 'boolean', default: false },
      print: { type: 'boolean', default: false },
      supergraph: { type: 'string' },
      out: { type: 'string' },
      root: { type: 'string', default: repositoryRoot },
      format: { type: 'string', default: 'text', oneOf: FORMATS },
    });
    if (flags.print && (flags.check || flags.out !== undefined))
      throw new UsageError('--print writes to standard output: neither --check nor --out goes with it.');
    const root = resolve(flags.root);
    const sdl = readSupergraph(root, flags.supergraph);
    const subgraphs = subgraphsOfSupergraph(sdl, flags.supergraph ?? SUPERGRAPH);
    const { edges, findings } = await deriveEdges(root, subgraphs, bindsEvents(sdl));
    const isSound = findings.length === 0;
    if (flags.print && isSound) {
      console.log(newEdgesBlock(edgesYaml(edges)));
      return 0;
    }
    const target = flags.out === undefined ? join(root, VALUES) : resolve(flags.out);
    const result = isSound ? applyTo(target, relative(root, target), edges, flags.check) : { findings, outcome: '' };
    const counts = [countedAs(subgraphs.length, 'subgraph'), countedAs(sizeOf(edges), 'edge')].join(', ');
    const blocks = result.findings.length > 0;
    const summary = `${counts}: ${blocks ? 'not in order' : result.outcome}`;
    console.log(formatReport({ command: 'graph mesh', findings: result.findings, summary }, flags.format));
    return blocks ? 1 : 0;
  },
};

/** Writes the edges into the file, or says what it has to say otherwise. */
function applyTo(
  target: string,
  file: string,
  edges: Edges,
  isCheck: boolean,
): { findings: Finding[]; outcome: string } {
  const block = findEdgesBlock(readText(target), file);
  const body = `${edgesYaml(edges)}\n`.replaceAll('\n', block.newline);
  if (body === block.body) return { findings: [], outcome: 'up to date' };
  if (isCheck) return { findings: staleEdges(block, edges, file), outcome: '' };
  writeFile(target, block.before + body + block.after);
  return { findings: [], outcome: `written to ${target}` };
}

const sizeOf = (edges: Edges) =>
  [...edges.values()].reduce(
    (sum, { calls = [], broker, database }) => sum + calls.length + Number(broker ?? 0) + Number(database ?? 0),
    0,
  );
