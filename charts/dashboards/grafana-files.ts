import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type EventsOfSubgraph, subgraphsOfSupergraph } from '../../schema/src/index.ts';
import { readOwners } from '../rules/owners.ts';
import { type DashboardSpec, dashboard } from './dashboard.ts';
import { events } from './events.ts';
import { gateway } from './gateway.ts';
import { grafanaAlerts } from './grafana-alerts.ts';
import { logsAndTraces } from './logs-and-traces.ts';
import { ordersAndMoney } from './orders-and-money.ts';
import { overview } from './overview.ts';
import { slo } from './slo.ts';
import { type ObservedSubgraph, subgraph } from './subgraph.ts';

const FOLDER = 'observability/files/dashboards';

/**
 * What Grafana is given: `observability/files/dashboards/<uid>.json`, a page for each subgraph of a supergraph beside
 * those of the graph as a whole, and the alerts. The page of a subgraph that is gone has to go.
 *
 * @throws SourceError when the text is no supergraph.
 */
export function grafanaFiles(
  root: string,
  supergraphSdl: string,
  catalogue: readonly EventsOfSubgraph[],
): { path: string; content: string | undefined }[] {
  const subgraphs = subgraphsOfSupergraph(supergraphSdl, 'schema/supergraph.graphql').map((name) => {
    const { says = [], hears = [] } = catalogue.find((of) => of.name === name) ?? {};
    return { name, says: says.map(({ type }) => type), hears: hears.map(({ type }) => type) };
  });
  const services = ['gateway', ...subgraphs.map(({ name }) => name)];
  const pages = dashboardsOf(subgraphs, services).map((spec) => ({
    path: `${FOLDER}/${spec.uid}.json`,
    content: `${JSON.stringify(dashboard(spec), null, 2)}\n`,
  }));
  const current = new Set(pages.map(({ path }) => path));
  const there = existsSync(join(root, FOLDER)) ? readdirSync(join(root, FOLDER)) : [];
  const gone = there.map((file) => `${FOLDER}/${file}`).filter((path) => !current.has(path));
  return [
    ...pages,
    ...gone.map((path) => ({ path, content: undefined })),
    ...grafanaAlerts(services, readOwners(root)).map(({ file, content }) => ({
      path: `observability/files/grafana-alerts/${file}`,
      content,
    })),
  ];
}

const dashboardsOf = (subgraphs: readonly ObservedSubgraph[], services: readonly string[]): DashboardSpec[] => [
  overview,
  gateway,
  slo(),
  ordersAndMoney,
  events(subgraphs),
  logsAndTraces(services),
  ...subgraphs.map(subgraph),
];
