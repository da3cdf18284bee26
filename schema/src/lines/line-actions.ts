import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { VersionLine } from '@tributary/service-kit/sdl';
import { printSchema } from 'graphql';
import { judgeRetirements, retirementFinding } from '../check/judge-retirements.ts';
import { noUsageData } from '../check/no-usage-data.ts';
import { seenSince } from '../check/seen-since.ts';
import { readWaivers } from '../check/waivers.ts';
import { type ExitCode, UsageError } from '../commands/command.ts';
import { countedAs, type Finding, isBlocking } from '../finding.ts';
import { formatReport } from '../formats/formats.ts';
import { readSupergraph } from '../planning/read-supergraph.ts';
import { sha256Of } from '../sha256-of.ts';
import { discoverSubgraphs } from '../subgraphs.ts';
import { textTable } from '../text-table.ts';
import { readCheckConfig } from '../usage/read-check-config.ts';
import { writeFile } from '../write-file.ts';
import { type ChangedLine, changeLine } from './change-line.ts';
import { majorOf } from './compare-versions.ts';
import { cutLine } from './cut-line.ts';
import { type LineChange, NO_LINES } from './edit-lines.ts';
import { currentIsoDay, isIsoDay } from './iso-day.ts';
import { lineDirectiveFindings } from './line-directive-findings.ts';
import { lineFindings } from './line-findings.ts';
import { lineNotValid } from './line-not-valid.ts';
import { lineNotes } from './line-notes.ts';
import { LINES_FILE, parseLines, readLines } from './read-lines.ts';

export interface LineRequest {
  /** As the report names it. */
  readonly command: string;
  readonly root: string;
  /** 0 where the action takes none. */
  readonly major: number;
  /** The second, where it takes two. */
  readonly other: number;
  /** Of the action's flag. */
  readonly value: string | undefined;
  readonly format: string;
}

export interface LineAction {
  /** How many it takes. Default 1. */
  readonly majors?: 0 | 1 | 2;
  readonly flag?: 'out' | 'sunset' | 'version';
  /** @throws UsageError, SourceError */
  run(request: LineRequest): ExitCode | Promise<ExitCode>;
}

/** What `graph line` does, in the order of its help. */
export const LINE_ACTIONS: Readonly<Record<string, LineAction>> = {
  list: { majors: 0, run: list },
  cut: { flag: 'out', run: cut },
  notes: { majors: 2, run: notes },
  add: { run: add },
  publish: { flag: 'version', run: publish },
  ga: { run: (request) => change(request, generallyAvailable) },
  deprecate: { flag: 'sunset', run: deprecate },
  retire: { run: retire },
};

function report({ command, format }: LineRequest, findings: readonly Finding[], summary: string): ExitCode {
  console.log(formatReport({ command, findings, summary }, format));
  return isBlocking(findings) ? 1 : 0;
}

function list(request: LineRequest): ExitCode {
  const { command, root, format } = request;
  const { lines, findings: invalid } = readLines(root);
  const findings = [...invalid, ...lineFindings(lines, lines, currentIsoDay())];
  const each = lines.map(({ major, state, version }) => `${major} is ${state} (${version})`);
  const summary = [countedAs(lines.length, 'version line'), ...each].join(', ');
  if (format === 'json') {
    console.log(JSON.stringify({ command, lines, findings, summary }, null, 2));
    return isBlocking(findings) ? 1 : 0;
  }
  if (format === 'text' && lines.length > 0) console.log(`${textTable([TITLES, ...lines.map(rowOf)])}\n`);
  return report(request, findings, summary);
}

const TITLES = ['LINE', 'VERSION', 'STATE', 'DEPRECATED', 'SUNSET', 'SUPERGRAPH'];

/** A digest is known by its first digits. */
const rowOf = ({ major, version, state, deprecatedAt = '-', sunsetAt = '-', supergraph = '-' }: VersionLine) => [
  ...[String(major), version, state, deprecatedAt, sunsetAt],
  supergraph.replace(/^(sha256:.{12}).*$/, '$1…'),
];

function cut(request: LineRequest): ExitCode {
  const { root, major, value: out } = request;
  const { findings, cut: line } = cutFrom(root, major);
  const { apiSchema, hidden } = line;
  if (apiSchema === undefined || isBlocking(findings)) return report(request, findings, `Line ${major} cannot be cut.`);
  const sdl = `# Line ${major} of the API, cut from schema/supergraph.graphql by graph line cut.\n${printSchema(apiSchema)}\n`;
  if (out === undefined) {
    console.log(sdl.trimEnd());
    return 0;
  }
  const target = resolve(out);
  writeFile(target, sdl);
  return report(
    request,
    findings,
    `Line ${major}, without ${countedAs(hidden.length, 'element')}: written to ${target}`,
  );
}

function notes(request: LineRequest): ExitCode {
  const { root, major, other } = request;
  for (const each of [major, other]) {
    const { findings } = cutFrom(root, each);
    if (isBlocking(findings)) return report(request, findings, `Line ${each} cannot be cut.`);
  }
  console.log(lineNotes(readSupergraph(root), major, other).trimEnd());
  return 0;
}

function cutFrom(root: string, major: number) {
  const subgraphs = discoverSubgraphs(root);
  const line = cutLine(readSupergraph(root), major);
  const findings = [...lineDirectiveFindings(subgraphs), ...lineNotValid(line.problems, major, subgraphs)];
  return { findings, cut: line };
}

function add(request: LineRequest): ExitCode {
  const { major } = request;
  return change(request, () => ({ version: `${major}.0.0-preview`, state: 'preview' }), { isNew: true });
}

const generallyAvailable = ({ version }: VersionLine): LineChange => ({
  state: 'ga',
  version: version.replace(/-.*$/, ''),
  deprecatedAt: undefined,
  sunsetAt: undefined,
});

function deprecate(request: LineRequest): ExitCode {
  const { value: sunset } = request;
  if (!isIsoDay(sunset)) throw new UsageError('graph line deprecate takes --sunset with a day, YYYY-MM-DD.');
  return change(request, ({ deprecatedAt = currentIsoDay() }) => ({
    state: 'deprecated',
    deprecatedAt,
    sunsetAt: sunset,
  }));
}

function publish(request: LineRequest): ExitCode {
  const { root, major, value } = request;
  if (value !== undefined && majorOf(value) !== major)
    throw new UsageError(`--version takes a version of major ${major}, X.Y.Z.`);
  const { findings } = cutFrom(root, major);
  if (isBlocking(findings)) return report(request, findings, `Line ${major} is not published.`);
  const supergraph = `sha256:${sha256Of(readSupergraph(root))}`;
  return change(request, ({ version }) => ({ supergraph, version: value ?? version }));
}

/** What was promised of the line comes before who uses it. */
async function retire(request: LineRequest): Promise<ExitCode> {
  const { root } = request;
  const changed = changedBy(request, () => ({ state: 'retired' }));
  if (isBlocking(changed.findings)) return write(request, changed);
  const today = currentIsoDay();
  const retired = judgeRetirements(changed.before, parseLines(changed.text).lines, {
    ...(await seenSince(readCheckConfig(root).usage, today)),
    waivers: readWaivers(root).filter(({ expires }) => today <= expires),
  });
  const findings = [...changed.findings, ...retired.map(retirementFinding), ...noUsageData([], retired)];
  return write(request, { ...changed, findings });
}

/** Changes the line in `schema/lines.yaml`, when no rule refuses it. */
const change = (
  request: LineRequest,
  changeOf: (line: VersionLine) => LineChange,
  options: { isNew?: boolean } = {},
): ExitCode => write(request, changedBy(request, changeOf, options));

interface ChangedFile extends ChangedLine {
  before: readonly VersionLine[];
}

function changedBy(
  { root, major }: LineRequest,
  changeOf: (line: VersionLine) => LineChange,
  { isNew = false }: { isNew?: boolean } = {},
): ChangedFile {
  const text = textIn(root);
  const { lines: before, findings } = parseLines(text);
  if (findings.length > 0) return { before, text, findings, changes: [] };
  const line = before.find((each) => each.major === major);
  if (line === undefined && !isNew)
    throw new UsageError(`There is no line ${major}; graph line add ${major} makes one.`);
  const blank: VersionLine = { major, version: `${major}.0.0`, state: 'preview' };
  return { before, ...changeLine(text, major, changeOf(line ?? blank), { today: currentIsoDay(), isNew }) };
}

const textIn = (root: string): string => {
  const file = join(root, LINES_FILE);
  return existsSync(file) ? readFileSync(file, 'utf8') : NO_LINES;
};

function write(request: LineRequest, { text, findings, changes }: ChangedFile): ExitCode {
  const { root, major } = request;
  if (isBlocking(findings)) return report(request, findings, `Line ${major} is left as it was.`);
  if (text !== textIn(root)) writeFile(join(root, LINES_FILE), text);
  const outcome = changes.length === 0 ? 'as it was' : changes.join(', ');
  return report(request, findings, `Line ${major} in ${LINES_FILE}: ${outcome}`);
}
