import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { nearest } from '@tributary/service-kit';
import type { Finding } from '../finding.ts';
import { readText } from '../read-text.ts';
import { type Declaration, definitionFile, loadDeclaration } from './load-declaration.ts';

/** Where one service's connections go to. What it has not, its key leaves out. */
export interface EdgesOfService {
  /** Services, sorted. */
  calls?: readonly string[];
  broker?: true;
  database?: true;
}

/** By the service's name, sorted. */
export type Edges = ReadonlyMap<string, EdgesOfService>;

/** Its name among services. */
const GATEWAY = 'gateway';

/**
 * Who connects to whom: the gateway to each subgraph, and to the broker where it hears events, and each subgraph to what `subgraphs/<name>` in the root declares,
 * where that folder is there.
 *
 * @param subgraphs the supergraph's, sorted
 * @param hearsEvents whether the supergraph binds subscriptions to events. Default: no
 * @throws SourceError with the place when a subgraph cannot be loaded.
 */
export async function deriveEdges(
  root: string,
  subgraphs: readonly string[],
  hearsEvents = false,
): Promise<{ edges: Edges; findings: Finding[] }> {
  if (subgraphs.includes(GATEWAY)) return { edges: new Map(), findings: [nameTaken] };
  const folder = join(root, 'subgraphs');
  const folders = existsSync(folder) ? readdirSync(folder) : [];
  const edges: [string, EdgesOfService][] = [
    [GATEWAY, { calls: subgraphs, ...(hearsEvents && { broker: true as const }) }],
  ];
  const findings: Finding[] = [];
  for (const name of subgraphs) {
    const declaration = folders.includes(name) ? await loadDeclaration(root, name) : undefined;
    edges.push([name, declaration === undefined ? {} : edgesOf(declaration)]);
    findings.push(...callFindings(root, name, declaration?.calls ?? [], subgraphs));
  }
  return { edges: new Map(edges.sort(([a], [b]) => (a < b ? -1 : 1))), findings };
}

const edgesOf = ({ calls, broker, database }: Declaration): EdgesOfService => ({
  ...(calls.length > 0 && { calls: [...new Set(calls)].sort() }),
  ...(broker && { broker }),
  ...(database && { database }),
});

const nameTaken: Finding = {
  severity: 'error',
  code: 'NAME_TAKEN',
  message: `A subgraph is called ${GATEWAY}, which is the gateway's name among services.`,
  subgraph: GATEWAY,
};

/** Calls in a circle are allowed: no request waits for them. A call of nobody, or of itself, is a mistake. */
function callFindings(
  root: string,
  subgraph: string,
  calls: readonly string[],
  subgraphs: readonly string[],
): Finding[] {
  const finding = (callee: string, code: string, message: string): Finding => ({
    ...{ severity: 'error', code, message, subgraph },
    ...placeOfCall(root, definitionFile(subgraph), callee),
  });
  return [...new Set(calls)].flatMap((callee) => {
    if (callee === subgraph) return [finding(callee, 'CALLS_ITSELF', `${subgraph} says that it calls itself.`)];
    if (subgraphs.includes(callee)) return [];
    const near = nearest(callee, subgraphs);
    const question = near === undefined ? '.' : `; did you mean ${near}?`;
    const message = `${subgraph} says that it calls ${callee}, which is no subgraph of the supergraph${question}`;
    return [finding(callee, 'CALLS_NOBODY', message)];
  });
}

/** The line of `calls` that names it, where the definition has it in so many words. */
function placeOfCall(root: string, file: string, callee: string): Pick<Finding, 'file' | 'line' | 'column' | 'source'> {
  const text = readText(join(root, file));
  const start = text.search(/\bcalls:/);
  const quote = start < 0 ? -1 : Math.max(...[`'${callee}'`, `"${callee}"`].map((name) => text.indexOf(name, start)));
  if (quote < 0) return { file };
  const before = text.slice(0, quote + 1).split('\n');
  const source = text.split('\n')[before.length - 1];
  const column = (before.at(-1)?.length ?? 0) + 1;
  return { file, line: before.length, column, ...(source === undefined ? {} : { source }) };
}
