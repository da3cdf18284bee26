/** As `POST /api/saved_objects/_import` reads it, one a line. Kibana migrates from the versions given to its own. */
export interface SavedObject {
  id: string;
  type: 'index-pattern' | 'search' | 'visualization' | 'dashboard';
  attributes: Readonly<Record<string, unknown>>;
  references: readonly Reference[];
  coreMigrationVersion: string;
  typeMigrationVersion: string;
}

interface Reference {
  name: string;
  type: SavedObject['type'];
  id: string;
}

export interface Metric {
  type: 'count' | 'percentiles' | 'max';
  params?: Readonly<Record<string, unknown>>;
}

interface OfView {
  id: string;
  /** The data view's id. */
  view: string;
  title: string;
  /** KQL. */
  query?: string;
}

const VERSIONS = { 'index-pattern': '8.0.0', search: '8.0.0', visualization: '8.5.0', dashboard: '8.9.0' };
/** Of a dashboard's grid. */
const COLUMNS = 48;

const savedObject = (
  type: SavedObject['type'],
  id: string,
  attributes: SavedObject['attributes'],
  references: readonly Reference[] = [],
): SavedObject => ({
  id,
  type,
  attributes,
  references,
  coreMigrationVersion: '8.8.0',
  typeMigrationVersion: VERSIONS[type],
});

export const dataView = ({ id, name, pattern }: { id: string; name: string; pattern: string }): SavedObject =>
  savedObject('index-pattern', id, { name, title: pattern, timeFieldName: '@timestamp', fields: '[]' });

/** Newest first. */
export const savedSearch = ({
  id,
  view,
  title,
  query,
  columns,
}: OfView & { columns: readonly string[] }): SavedObject =>
  savedObject('search', id, { title, columns, sort: [['@timestamp', 'desc']], ...searchOf(query) }, [viewOf(view)]);

/** How many lines there were at a time, by the values of a field. */
export const bars = ({ split, ...of }: OfView & { split: string }): SavedObject =>
  visualization(of, 'histogram', {}, [
    { id: '1', enabled: true, type: 'count', schema: 'metric', params: {} },
    {
      id: '2',
      enabled: true,
      type: 'date_histogram',
      schema: 'segment',
      params: { field: '@timestamp', interval: 'auto', min_doc_count: 1 },
    },
    { id: '3', enabled: true, type: 'terms', schema: 'group', params: termsOf(split, 12) },
  ]);

/** A row for each combination of values, the most frequent first. */
export const table = ({
  metrics,
  rows,
  ...of
}: OfView & { rows: readonly string[]; metrics: readonly Metric[] }): SavedObject => {
  const count = metrics.findIndex(({ type }) => type === 'count');
  return visualization(of, 'table', { perPage: 20, showTotal: false }, [
    ...metrics.map(({ type, params = {} }, index) => ({
      id: `${index + 1}`,
      enabled: true,
      type,
      schema: 'metric',
      params,
    })),
    ...rows.map((field, index) => ({
      id: `row-${index + 1}`,
      enabled: true,
      type: 'terms',
      schema: 'bucket',
      params: { ...termsOf(field, 50), orderBy: `${count + 1}` },
    })),
  ]);
};

/** Panels of [type, id, width, height], one after the other from left to right, in rows of equal height. */
export function dashboard(
  id: string,
  title: string,
  panels: readonly (readonly ['visualization' | 'search', string, number, number])[],
): SavedObject {
  let [x, y] = [0, 0];
  const placed = panels.map(([type, , w, h], index) => {
    const gridData = { x, y, w, h, i: `${index + 1}` };
    x += w;
    if (x >= COLUMNS) [x, y] = [0, y + h];
    return { type, gridData, panelIndex: gridData.i, embeddableConfig: {}, panelRefName: `panel_${gridData.i}` };
  });
  return savedObject(
    'dashboard',
    id,
    {
      title,
      panelsJSON: JSON.stringify(placed),
      optionsJSON: JSON.stringify({ useMargins: true, hidePanelTitles: false }),
      timeRestore: true,
      timeFrom: 'now-24h',
      timeTo: 'now',
      kibanaSavedObjectMeta: { searchSourceJSON: JSON.stringify({ query: kuery(''), filter: [] }) },
    },
    panels.map(([type, panel], index) => ({ name: `${index + 1}:panel_${index + 1}`, type, id: panel })),
  );
}

const kuery = (query: string) => ({ language: 'kuery', query });
const INDEX_REFERENCE = 'kibanaSavedObjectMeta.searchSourceJSON.index';
const viewOf = (id: string): Reference => ({ name: INDEX_REFERENCE, type: 'index-pattern', id });

const searchOf = (query = '') => ({
  kibanaSavedObjectMeta: {
    searchSourceJSON: JSON.stringify({ query: kuery(query), filter: [], indexRefName: INDEX_REFERENCE }),
  },
});

const termsOf = (field: string, size: number) => ({
  field,
  size,
  order: 'desc',
  orderBy: '1',
  missingBucket: true,
  missingBucketLabel: 'none',
});

const visualization = (
  { id, view, title, query }: OfView,
  type: string,
  params: object,
  aggs: readonly object[],
): SavedObject =>
  savedObject(
    'visualization',
    id,
    { title, visState: JSON.stringify({ title, type, params, aggs }), uiStateJSON: '{}', ...searchOf(query) },
    [viewOf(view)],
  );
