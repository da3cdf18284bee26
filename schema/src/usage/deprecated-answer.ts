import { textTable } from '../text-table.ts';
import { hourText } from './hour-text.ts';
import type { UsageAnswer, UsageQuestion } from './usage-answer.ts';

interface DeprecatedUse {
  coordinate: string;
  /** `YYYY-MM-DD` */
  sunset: string | undefined;
  client: string;
  version: string;
  count: number;
  last: Date | undefined;
  /** Names of operations. */
  documents: string[];
}

const TITLES = ['SUNSET', 'COORDINATE', 'CLIENT', 'VERSION', 'REQUESTS', 'LAST SEEN', 'OPERATIONS'];

/** Who uses what is deprecated, gateways' clients and trusted documents; the earliest sunset first, none last. */
export function deprecatedAnswer(question: UsageQuestion): UsageAnswer {
  const { graph, since } = question;
  const uses = [...graph.deprecated]
    .sort((a, b) => compare(sunsetKey(question, a), sunsetKey(question, b)))
    .flatMap((coordinate) => usesOf(coordinate, question));
  const used = new Set(uses.map(({ coordinate }) => coordinate));
  const rows = uses.map(({ coordinate, sunset = '-', client, version, count, last, documents }) => [
    ...[sunset, coordinate, client, version || '-', String(count), hourText(last)],
    documents.join(', '),
  ]);
  return {
    tables: rows.length === 0 ? [] : [textTable([TITLES, ...rows])],
    data: { deprecated: uses },
    rows: uses.map(({ coordinate, sunset, client, version, documents }) => ({
      ...{ severity: 'info', code: 'DEPRECATED_IN_USE', coordinate },
      message: `${[client, version].join(' ').trim()} uses it in ${documents.join(', ')}${sunset === undefined ? '' : `; its sunset is ${sunset}`}.`,
    })),
    summary: `${used.size} of ${graph.deprecated.size} deprecated coordinates are used ${since}.`,
  };
}

function usesOf(coordinate: string, { usage, graph }: UsageQuestion): DeprecatedUse[] {
  const sunset = graph.sunsets.get(coordinate);
  const { clients } = usage.of(coordinate);
  const seen = new Set(clients.flatMap(({ documents }) => documents.map(({ hash }) => hash)));
  const unseen = graph.trusted.filter(({ hash, coordinates }) => coordinates.has(coordinate) && !seen.has(hash));
  return [
    ...clients.map(({ name, version, count, last, documents }) => ({
      ...{ coordinate, sunset, client: name, version, count, last },
      documents: [...new Set(documents.map((document) => document.name || '-'))],
    })),
    ...Map.groupBy(unseen, ({ app }) => app)
      .entries()
      .map(([client, documents]) => ({
        ...{ coordinate, sunset, client, version: '', count: 0, last: undefined },
        documents: documents.map(({ name }) => name),
      })),
  ];
}

/** Behind every day where there is none. */
const sunsetKey = ({ graph }: UsageQuestion, coordinate: string) =>
  `${graph.sunsets.get(coordinate) ?? '~'} ${coordinate}`;

const compare = (a: string, b: string) => (a < b ? -1 : Number(a > b));
