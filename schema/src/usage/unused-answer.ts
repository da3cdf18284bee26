import { countedAs } from '../finding.ts';
import { textTable } from '../text-table.ts';
import { impliedUsage } from './implied-usage.ts';
import type { UsageAnswer, UsageQuestion } from './usage-answer.ts';

/** What of the API nobody has used, and no live trusted document uses. */
export function unusedAnswer({ usage, graph, since }: UsageQuestion): UsageAnswer {
  const { api, coordinates, deprecated, sunsets, trusted } = graph;
  const named = new Set(usage.coordinates);
  for (const document of trusted) for (const coordinate of document.coordinates) named.add(coordinate);
  const used = impliedUsage(api, named);
  const unused = [...coordinates]
    .filter((coordinate) => !used.has(coordinate))
    .sort()
    .map((coordinate) => ({
      coordinate,
      isDeprecated: deprecated.has(coordinate),
      sunset: sunsets.get(coordinate),
    }));
  const rows = unused.map(({ coordinate, isDeprecated, sunset = '-' }) => [
    coordinate,
    isDeprecated ? 'yes' : '-',
    sunset,
  ]);
  return {
    tables: rows.length === 0 ? [] : [textTable([['COORDINATE', 'DEPRECATED', 'SUNSET'], ...rows])],
    data: { unused },
    rows: unused.map(({ coordinate }) => ({
      ...{ severity: 'info', code: 'UNUSED', coordinate },
      message: `Nobody has used it ${since}, and no trusted document does.`,
    })),
    summary: `${unused.length} of ${coordinates.size} coordinates are not used ${since}, nor by ${countedAs(trusted.length, 'trusted document')}.`,
  };
}
