import { countedAs } from '../finding.ts';
import { textTable } from '../text-table.ts';
import { hourText } from './hour-text.ts';
import type { UsedGraph } from './read-used-graph.ts';
import type { Usage } from './usage.ts';
import type { UsageAnswer, UsageQuestion } from './usage-answer.ts';

/** Rows of each table at most. */
const TOP = 20;

/** What is used most, and who uses most. */
export function overviewAnswer({ usage, graph, since }: UsageQuestion): UsageAnswer {
  const coordinates = topCoordinates(usage);
  const clients = clientsOf(usage, graph);
  const top = clients.slice(0, TOP);
  const tables = [
    textTable([
      ['COORDINATE', 'REQUESTS', 'CLIENTS', 'LAST SEEN'],
      ...coordinates.map(({ coordinate, count, clients: of, last }) => [
        coordinate,
        `${count}`,
        `${of}`,
        hourText(last),
      ]),
    ]),
    textTable([
      ['CLIENT', 'VERSION', 'REQUESTS', 'DOCUMENTS', 'LAST SEEN'],
      ...top.map(({ name, version, count, documents, last }) => [
        ...[name, version || '-', `${count}`, `${documents}`, hourText(last)],
      ]),
    ]),
  ];
  return {
    tables: usage.hasData ? tables : [],
    data: { first: usage.first, last: usage.last, coordinates, clients: top },
    rows: coordinates.map(({ coordinate, count, last }) => ({
      ...{ severity: 'info', code: 'USED', coordinate },
      message: `${countedAs(count, 'request')}, last ${hourText(last)} UTC.`,
    })),
    summary: `${countedAs(clients.length, 'client')} ${since}, last ${hourText(usage.last)} UTC.`,
  };
}

/** Of what types have: with the types, those of every request would come first. */
function topCoordinates(usage: Usage) {
  const all = Array.from(usage.coordinates)
    .filter((coordinate) => coordinate.includes('.'))
    .map((coordinate) => ({ coordinate, ...usage.of(coordinate) }));
  return all
    .sort((a, b) => b.count - a.count || Number(a.coordinate > b.coordinate) - Number(a.coordinate < b.coordinate))
    .slice(0, TOP)
    .map(({ coordinate, count, last, clients }) => ({
      ...{ coordinate, count, last },
      clients: new Set(clients.map(({ name }) => name)).size,
    }));
}

interface ClientTotal {
  name: string;
  version: string;
  /** Requests: those of its documents, of which each uses a root type every time. */
  count: number;
  documents: number;
  last: Date;
}

/** A request asks for one operation, so it counts for one root type. */
function clientsOf(usage: Usage, { api }: UsedGraph): ClientTotal[] {
  const byClient = new Map<string, ClientTotal>();
  for (const root of [api.getQueryType(), api.getMutationType()]) {
    for (const { name, version, count, documents, last } of usage.of(root?.name ?? '').clients) {
      const key = `${name}\n${version}`;
      const known = byClient.get(key) ?? { name, version, count: 0, documents: 0, last };
      byClient.set(key, known);
      known.count += count;
      known.documents += documents.length;
      if (last > known.last) known.last = last;
    }
  }
  return [...byClient.values()].sort((a, b) => b.count - a.count || Number(a.name > b.name) - Number(a.name < b.name));
}
