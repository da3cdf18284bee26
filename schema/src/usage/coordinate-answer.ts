import { nearest } from '@tributary/service-kit';
import { UsageError } from '../commands/command.ts';
import { countedAs } from '../finding.ts';
import { textTable } from '../text-table.ts';
import { hourText } from './hour-text.ts';
import type { UsedGraph } from './read-used-graph.ts';
import type { DocumentUsage } from './usage.ts';
import type { UsageAnswer, UsageQuestion } from './usage-answer.ts';

const TITLES = ['CLIENT', 'VERSION', 'OPERATION', 'DOCUMENT', 'REQUESTS', 'FIRST SEEN', 'LAST SEEN'];

/**
 * Who uses a coordinate.
 *
 * @throws UsageError for one that the graph does not have and nobody has used
 */
export function coordinateAnswer(coordinate: string, { usage, graph, since }: UsageQuestion): UsageAnswer {
  const { count, first, last, clients } = usage.of(coordinate);
  const trusted = graph.trusted.filter(({ coordinates }) => coordinates.has(coordinate));
  const isThere = graph.coordinates.has(coordinate);
  if (count === 0 && trusted.length === 0 && !isThere) {
    const near = nearest(coordinate, [...graph.coordinates]);
    throw new UsageError(`The graph has no ${coordinate}${near === undefined ? '.' : `; did you mean ${near}?`}`);
  }
  const rows = clients.flatMap(({ name, version, documents }) =>
    documents.map((document) => [
      ...[name, version || '-', document.name || '-', documentText(document, graph)],
      ...[String(document.count), hourText(document.first), hourText(document.last)],
    ]),
  );
  const tables = rows.length === 0 ? [] : [textTable([TITLES, ...rows])];
  if (trusted.length > 0) tables.push(textTable([['TRUSTED DOCUMENT'], ...trusted.map(({ path }) => [path])]));
  return {
    tables,
    data: { coordinate, count, first, last, clients, trustedDocuments: trusted.map(({ path }) => path) },
    rows: clients.map(({ name, version, count: times, last: time }) => ({
      ...{ severity: 'info', code: 'USED', coordinate },
      message: `${[name, version].join(' ').trim()} used it in ${countedAs(times, 'request')}, last ${hourText(time)} UTC.`,
    })),
    summary: [
      `${coordinate}${isThere ? '' : ' (which the graph does not have)'}: ${countedAs(count, 'request')}`,
      ` of ${countedAs(new Set(clients.map(({ name }) => name)).size, 'client')} ${since},`,
      ` ${countedAs(trusted.length, 'trusted document')}.`,
    ].join(''),
  };
}

/** The trusted document that it is, or the beginning of its hash. */
function documentText({ hash }: DocumentUsage, { trusted }: UsedGraph): string {
  const known = trusted.find((document) => document.hash === hash);
  return known === undefined ? hash.slice(0, 12) || '-' : `${known.app}/${known.name}`;
}
