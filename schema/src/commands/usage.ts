import { resolve } from 'node:path';
import type { Finding } from '../finding.ts';
import { parseFlags } from '../flags.ts';
import { FORMATS, formatReport } from '../formats/formats.ts';
import { takePositionals } from '../positionals.ts';
import { repositoryRoot } from '../subgraphs.ts';
import { coordinateAnswer } from '../usage/coordinate-answer.ts';
import { deprecatedAnswer } from '../usage/deprecated-answer.ts';
import { isPostgresUrl } from '../usage/open-usage-store.ts';
import { overviewAnswer } from '../usage/overview-answer.ts';
import { CHECK_CONFIG, DEFAULT_WINDOW_MS, readCheckConfig, type UsageConfig } from '../usage/read-check-config.ts';
import { readDuration } from '../usage/read-duration.ts';
import { readUsage } from '../usage/read-usage.ts';
import { readUsedGraph } from '../usage/read-used-graph.ts';
import { unusedAnswer } from '../usage/unused-answer.ts';
import type { UsageAnswer } from '../usage/usage-answer.ts';
import { type Command, UsageError } from './command.ts';

const FLAGS = {
  unused: { type: 'boolean', default: false },
  deprecated: { type: 'boolean', default: false },
  store: { type: 'string' },
  since: { type: 'string' },
  root: { type: 'string', default: repositoryRoot },
  format: { type: 'string', default: 'text', oneOf: FORMATS },
} as const;

export const usage: Command = {
  name: 'usage',
  summary: 'says what of the graph is used, by which clients and documents, as gateways have seen it',
  usage: `graph usage [COORDINATE | --unused | --deprecated] [--store FOLDER|postgres://…] [--since 30d] [--root FOLDER]
            [--format ${FORMATS.join('|')}]
  COORDINATE    who uses it: User.name, User.orders(first:), OrderFilter.status, Status.OPEN
  --unused      what nobody has used, and no trusted document uses
  --deprecated  who uses what is deprecated, by its sunset
  without any   what is used most, and by whom
  --store       where gateways write (their usage.folder, or usage.url); default usage.store of ${CHECK_CONFIG}
  --since       how far back, default usage.window of ${CHECK_CONFIG}, or 30d
  --root        the repository: a folder with subgraphs/, default this one`,
  async run(args) {
    const { positionals, rest } = takePositionals(args, FLAGS);
    const flags = parseFlags(rest, FLAGS);
    const [coordinate] = positionals;
    if (positionals.length + Number(flags.unused) + Number(flags.deprecated) > 1) {
      throw new UsageError('graph usage takes one question: a COORDINATE, --unused or --deprecated.');
    }
    const root = resolve(flags.root);
    const config = configOf(root, flags);
    const since = new Date(Math.max(0, Date.now() - config.windowMs));
    const seen = await readUsage(config, { since });
    const question = { usage: seen, graph: readUsedGraph(root), since: `since ${since.toISOString().slice(0, 10)}` };
    const isAsked = coordinate !== undefined || flags.unused || flags.deprecated;
    if (isAsked && !seen.hasData) return print(noUsageData(question.since), [NO_USAGE_DATA], flags.format);
    if (coordinate !== undefined) return print(coordinateAnswer(coordinate, question), [], flags.format);
    const answerTo = flags.unused ? unusedAnswer : flags.deprecated ? deprecatedAnswer : overviewAnswer;
    return print(answerTo(question), [], flags.format);
  },
};

const NO_USAGE_DATA: Finding = {
  severity: 'error',
  code: 'NO_USAGE_DATA',
  message: 'No gateway has written usage in this time, so nothing is known of what is used.',
  hint: 'Configure usage.store at the gateways (docs/usage.md), or look further back with --since.',
};

const noUsageData = (since: string): UsageAnswer => ({
  ...{ tables: [], data: {}, rows: [] },
  summary: `There is no usage ${since}.`,
});

function configOf(
  root: string,
  { store, since }: { store: string | undefined; since: string | undefined },
): UsageConfig {
  const configured = readCheckConfig(root).usage;
  const windowMs = since === undefined ? (configured?.windowMs ?? DEFAULT_WINDOW_MS) : readDuration(since);
  if (windowMs === undefined) throw new UsageError('--since takes a time such as 30d.');
  if (store !== undefined) return { store: isPostgresUrl(store) ? store : resolve(store), windowMs };
  if (configured !== undefined) return { ...configured, windowMs };
  throw new UsageError(`Where is the usage? --store, or usage.store in ${CHECK_CONFIG}, says it.`);
}

function print({ tables, data, rows, summary }: UsageAnswer, findings: readonly Finding[], format: string): 0 | 1 {
  const report = { command: 'graph usage', findings, summary };
  if (format === 'json') console.log(JSON.stringify({ ...report, ...data }, null, 2));
  else if (format === 'text') console.log([...tables, formatReport(report, format)].join('\n\n'));
  else console.log(formatReport({ ...report, findings: [...findings, ...rows] }, format));
  return findings.length > 0 ? 1 : 0;
}
