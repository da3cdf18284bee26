import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import type { Finding } from '../finding.ts';
import type { Edges } from './derive-edges.ts';
import type { EdgesBlock } from './edges-block.ts';

const HINT = 'Run npm run graph -- mesh, look at what changed, and commit it.';

/**
 * What a values file says otherwise than the graph: a finding for each edge that is missing or too many, at its place, or
 * one where only the writing differs.
 */
export function staleEdges({ body, line: firstLine }: EdgesBlock, derived: Edges, file: string): Finding[] {
  const counter = new LineCounter();
  const written = writtenEdges(body, counter);
  const wanted = new Set([...derived].flatMap(([service, edges]) => sentencesOf(service, edges)));
  const finding = (code: string, message: string, place: Pick<Finding, 'line' | 'column' | 'source'>): Finding => ({
    ...{ severity: 'error', code, message, hint: HINT, file },
    ...place,
  });
  const atOffset = (offset: number) => {
    const { line, col: column } = counter.linePos(offset);
    return { line: firstLine + line - 1, column, source: body.split(/\r?\n/)[line - 1] ?? '' };
  };
  const missing = [...wanted].filter((sentence) => !written.has(sentence));
  const tooMany = [...written].filter(([sentence]) => !wanted.has(sentence));
  const findings = [
    ...missing.map((sentence) =>
      finding('EDGE_MISSING', `${sentence}, and the file does not say so.`, { line: firstLine }),
    ),
    ...tooMany.map(([sentence, offset]) =>
      finding('EDGE_UNDECLARED', `${sentence}, says the file, and nothing declares it.`, atOffset(offset)),
    ),
  ];
  return findings.length > 0
    ? findings
    : [
        finding('EDGES_STALE', 'The edges are the same, but the lines are not as graph mesh writes them.', {
          line: firstLine,
        }),
      ];
}

/** `users has a database`: what one edge is, for a person, and which it is, for comparison. */
function sentencesOf(
  service: string,
  { calls = [], broker, database }: { calls?: readonly string[]; broker?: unknown; database?: unknown },
): string[] {
  return [
    ...calls.map((callee) => `${service} calls ${callee}`),
    ...(broker === true ? [`${service} talks to the broker`] : []),
    ...(database === true ? [`${service} has a database`] : []),
  ];
}

/** The edges that can be read, each with its offset in the text. */
function writtenEdges(body: string, lineCounter: LineCounter): Map<string, number> {
  const top = parseDocument(body, { lineCounter }).contents;
  const services = isMap(top) ? top.get('edges', true) : undefined;
  const pairs = isMap(services) ? services.items : [];
  return new Map(
    pairs.flatMap(({ key, value }) => {
      const service = String(isScalar(key) ? key.value : key);
      if (!isMap(value)) return [];
      const calls = value.get('calls', true);
      const callees = isSeq(calls) ? (calls.items as Node[]) : [];
      return [
        ...callees.flatMap((node) =>
          sentencesOf(service, { calls: [String(node)] }).map((sentence) => [sentence, offsetOf(node)] as const),
        ),
        ...(['broker', 'database'] as const).flatMap((kind) =>
          sentencesOf(service, { [kind]: value.get(kind) }).map(
            (sentence) => [sentence, offsetOf(value.get(kind, true))] as const,
          ),
        ),
      ];
    }),
  );
}

const offsetOf = (node: Node | undefined): number => node?.range?.[0] ?? 0;
