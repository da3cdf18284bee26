import type { DashboardSpec, Section } from './dashboard.ts';
import { consumerPanels, outboxPanels } from './event-panels.ts';
import { alertList, logLines, stat, text, timeSeries } from './panels.ts';
import { processPanels } from './process-panels.ts';
import { latencies, quantile, rate, select, share } from './queries.ts';

/** A subgraph of the supergraph, and the events that it says and hears; none where it is not of this repository. */
export interface ObservedSubgraph {
  readonly name: string;
  readonly says: readonly string[];
  readonly hears: readonly string[];
}

const FETCHES = 'graphql_subgraph_fetch_duration_seconds';

/** One subgraph: how the gateway sees it, what it does, and what it needs for that. */
export function subgraph({ name, says, hears }: ObservedSubgraph): DashboardSpec {
  const own = `service="${name}"`;
  return {
    uid: `tributary-subgraph-${name}`,
    title: `Tributary / Subgraph ${name}`,
    description: `The subgraph ${name}: how the gateway sees it, what it does, and what it needs for that.`,
    links: [{ title: 'Logs and traces', url: `/d/tributary-logs-and-traces?var-service=${name}&\${__url_time_range}` }],
    sections: [
      now(name),
      asTheGatewaySeesIt(name),
      requests(own),
      entities(own),
      database(own),
      ...(says.length + hears.length === 0 ? [] : [events(name, says, hears)]),
      { title: 'Processes', panels: processPanels(name) },
      {
        title: 'Log',
        panels: [
          logLines(
            'Warnings and errors',
            'Newest first. A line of a request leads to its trace by its trace_id.',
            `service:"${name}" AND level:(warn OR error OR fatal)`,
          ),
        ],
      },
    ],
  };
}

function now(name: string): Section {
  const fetches = rate(`${FETCHES}_count`, `subgraph="${name}"`);
  const broken = rate(`${FETCHES}_count`, `subgraph="${name}",outcome=~"unavailable|invalid|deadline"`);
  return {
    title: 'Now',
    panels: [
      stat('Fetches', 'Requests of the gateway to it.', { expr: fetches }, { unit: 'reqps', h: 6 }),
      stat(
        'Broken',
        'Share of them without an answer, with one that is none, or too late.',
        { expr: share(broken, fetches) },
        {
          unit: 'percentunit',
          h: 6,
          steps: [
            [0.001, 'yellow'],
            [0.01, 'red'],
          ],
        },
      ),
      stat(
        'Processes',
        'Pods that answer scrapes.',
        { expr: `count(${select('process_start_time_seconds', `service="${name}"`)}) or vector(0)` },
        { h: 6 },
      ),
      alertList('Alerts', 'Firing and pending, about it alone.', `{subgraph="${name}"}`, { w: 6, h: 6 }),
      alertList('Alerts of its service', 'Firing and pending, of its processes.', `{service="${name}"}`, {
        w: 6,
        h: 6,
      }),
    ],
  };
}

function asTheGatewaySeesIt(name: string): Section {
  const of = `subgraph="${name}"`;
  return {
    title: 'As the gateway sees it',
    panels: [
      timeSeries(
        'Fetches by outcome',
        'errors: an answer that has some; unavailable, invalid and deadline: none that can be used.',
        [{ expr: rate(`${FETCHES}_count`, of, 'outcome'), legend: '{{outcome}}' }],
        { unit: 'reqps', stacked: true },
      ),
      timeSeries(
        'Time of a fetch',
        'With network and waiting for a connection. Points are sampled requests: they lead to their trace.',
        latencies(FETCHES, of),
        { unit: 's' },
      ),
      timeSeries('Connections', 'Of all gateways together, and requests that wait for one.', [
        { expr: `sum by (state) (${select('http_client_connections', of)})`, legend: '{{state}}' },
        { expr: `sum(${select('http_client_pending_requests', of)})`, legend: 'waiting requests' },
      ]),
      timeSeries(
        'Saved, and sent once more',
        'Fetches that an identical one in flight answered, and retries.',
        [
          { expr: rate('graphql_subgraph_fetches_shared_total', of), legend: 'saved by sharing' },
          { expr: rate('graphql_subgraph_retries_total', of), legend: 'sent once more' },
        ],
        { unit: 'reqps', w: 24, h: 6 },
      ),
    ],
  };
}

function requests(own: string): Section {
  return {
    title: 'Its own requests',
    panels: [
      timeSeries(
        'HTTP by route and status',
        'All that its public port answers, to whomever.',
        [{ expr: rate('http_requests_total', own, 'route, status'), legend: '{{route}} {{status}}' }],
        { unit: 'reqps', stacked: true },
      ),
      timeSeries(
        'Time of an answer',
        'From the last header of the request. Points are sampled requests: they lead to their trace.',
        latencies('http_request_duration_seconds', own),
        { unit: 's' },
      ),
      timeSeries(
        'Server errors',
        'Share of answers with a status of 500 or more.',
        [{ expr: share(rate('http_requests_total', `${own},status=~"5.."`), rate('http_requests_total', own)) }].map(
          (query) => ({ ...query, legend: '5xx' }),
        ),
        { unit: 'percentunit', steps: [[0.01, 'red']] },
      ),
    ],
  };
}

function entities(own: string): Section {
  const resolved = 'graphql_entity_resolve_duration_seconds';
  return {
    title: 'Entities',
    panels: [
      timeSeries(
        'References resolved',
        'By type of entity and outcome.',
        [{ expr: rate(`${resolved}_count`, own, 'entity, outcome'), legend: '{{entity}} {{outcome}}' }],
        { unit: 'cps', stacked: true, w: 12 },
      ),
      timeSeries(
        'Time of a reference, 95 %',
        'By type of entity.',
        [{ expr: quantile(0.95, resolved, own, 'entity'), legend: '{{entity}}' }],
        { unit: 's', w: 12 },
      ),
    ],
  };
}

function database(own: string): Section {
  return {
    title: 'Database',
    panels: [
      timeSeries(
        'Connections',
        'Of all its pods together, and what their pools may open.',
        [
          { expr: `sum by (state) (${select('db_client_connections', own)})`, legend: '{{state}}' },
          { expr: `sum(${select('db_client_connections_max', own)})`, legend: 'at most' },
        ],
        { w: 12 },
      ),
      timeSeries(
        'Waiting for a connection',
        'Statements and transactions. More than a moment above 0: the pool is too small, or statements too slow.',
        [{ expr: `max by (pod) (${select('db_client_pending_requests', own)})`, legend: '{{pod}}' }],
        { steps: [[1, 'yellow']], w: 12 },
      ),
    ],
  };
}

function events(name: string, says: readonly string[], hears: readonly string[]): Section {
  return {
    title: 'Events',
    panels: [
      ...(says.length === 0 ? [] : outboxPanels(`service="${name}"`)),
      ...(hears.length === 0 ? [] : consumerPanels(`consumer="${name}"`)),
      text('Its events', 'From its contracts: docs/events.md has what they mean.', eventList(says, hears), {
        w: 8,
        h: 8,
      }),
    ],
  };
}

const eventList = (says: readonly string[], hears: readonly string[]): string =>
  [
    ...(says.length === 0 ? [] : ['**Says**', '', ...says.map((type) => `- ${type}`), '']),
    ...(hears.length === 0 ? [] : ['**Hears**', '', ...hears.map((type) => `- ${type}`)]),
  ].join('\n');
