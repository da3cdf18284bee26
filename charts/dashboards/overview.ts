import type { DashboardSpec, Section } from './dashboard.ts';
import { operationTimes } from './gateway.ts';
import { alertList, stat, table, timeSeries } from './panels.ts';
import { quantile, rate, select, share } from './queries.ts';

const OPERATIONS = rate('graphql_operations_total', 'service="gateway"');
const FAILED = rate('graphql_operations_total', 'service="gateway",outcome="failure"');
const FETCHES = 'graphql_subgraph_fetch_duration_seconds';
/** What a fetch came to that no client and no domain is to blame for. */
const BROKEN = 'outcome=~"unavailable|invalid|deadline"';

/** The graph as a whole: where one looks first. */
export const overview: DashboardSpec = {
  uid: 'tributary-overview',
  title: 'Tributary / Overview',
  description: 'The graph as a whole: is it well, and if not, which part of it?',
  sections: [now(), alerts(), gateway(), operations(), subgraphs(), services()],
};

function now(): Section {
  return {
    title: 'Now',
    panels: [
      stat('Operations', 'GraphQL operations that the gateway answers.', { expr: OPERATIONS }, { unit: 'reqps' }),
      stat(
        'Failures',
        'Share of operations whose data is null because of an error that is ours.',
        { expr: share(FAILED, OPERATIONS) },
        {
          unit: 'percentunit',
          steps: [
            [0.001, 'yellow'],
            [0.01, 'red'],
          ],
        },
      ),
      stat(
        'Slowest 1 %',
        '99 % of operations are faster.',
        { expr: quantile(0.99, 'graphql_operation_duration_seconds', 'service="gateway"') },
        {
          unit: 's',
          steps: [
            [0.5, 'yellow'],
            [1, 'red'],
          ],
        },
      ),
      stat(
        'Alerts that page',
        'Firing now.',
        { expr: 'count(ALERTS{alertstate="firing",severity="page"}) or vector(0)' },
        { steps: [[1, 'red']] },
      ),
      stat(
        'Supergraph',
        'Whether the gateways serve what their source has, or the last good one from their disk.',
        { expr: `max(${select('graph_supergraph_is_last_good')})` },
        { names: { '0': 'current', '1': 'last good' }, steps: [[1, 'red']] },
      ),
      stat(
        'Dead letters',
        'Events that wait for an operator.',
        { expr: `sum(max by (consumer) (${select('events_dead_letters')}))` },
        { steps: [[1, 'orange']] },
      ),
    ],
  };
}

function alerts(): Section {
  return {
    title: 'Alerts',
    panels: [
      alertList('Firing and pending', 'Of Prometheus and of Grafana. Each leads to its runbook and its dashboard.', ''),
      table(
        'By team',
        'Firing alerts of Prometheus. Silences and what was notified stand in Alertmanager, under Alerting.',
        [
          { name: 'Page', expr: 'count by (team) (ALERTS{alertstate="firing",severity="page"})', steps: [[1, 'red']] },
          {
            name: 'Ticket',
            expr: 'count by (team) (ALERTS{alertstate="firing",severity="ticket"})',
            steps: [[1, 'yellow']],
          },
        ],
        {
          by: 'team',
          w: 12,
          link: {
            title: 'Alertmanager',
            url: `/alerting/groups?alertmanager=Alertmanager&queryString=team%3D\${__value.text}`,
          },
        },
      ),
    ],
  };
}

function gateway(): Section {
  return {
    title: 'Gateway',
    panels: [
      timeSeries(
        'Operations by outcome',
        'partial, failure: errors that are ours, with and without data; refused: errors that are the caller’s alone.',
        [{ expr: rate('graphql_operations_total', 'service="gateway"', 'outcome'), legend: '{{outcome}}' }],
        { unit: 'reqps', stacked: true },
      ),
      operationTimes(),
      timeSeries(
        'Errors by code',
        'Errors in answers, by their code in docs/errors.md.',
        [{ expr: rate('graphql_errors_total', 'service="gateway"', 'code'), legend: '{{code}}' }],
        { unit: 'cps', stacked: true },
      ),
    ],
  };
}

function operations(): Section {
  const of = 'service="gateway"';
  return {
    title: 'Operations',
    panels: [
      table(
        'Known operations',
        'Those of trusted documents by name, and `other` for the rest.',
        [
          { name: 'Per second', expr: rate('graphql_operations_total', of, 'operation'), unit: 'reqps' },
          {
            name: 'Failures',
            expr: share(
              rate('graphql_operations_total', `${of},outcome="failure"`, 'operation'),
              rate('graphql_operations_total', of, 'operation'),
            ),
            unit: 'percentunit',
            steps: [[0.01, 'red']],
          },
          {
            name: '95 %',
            expr: quantile(0.95, 'graphql_operation_duration_seconds', of, 'operation'),
            unit: 's',
            steps: [[1, 'yellow']],
          },
        ],
        { by: 'operation', w: 16 },
      ),
      timeSeries(
        'By client',
        'Known clients by name, and `other` for the rest.',
        [{ expr: rate('graphql_operations_total', of, 'client'), legend: '{{client}}' }],
        { unit: 'reqps', stacked: true },
      ),
    ],
  };
}

function subgraphs(): Section {
  return {
    title: 'Subgraphs, as the gateway sees them',
    panels: [
      table(
        'Subgraphs',
        'A name leads to its page.',
        [
          { name: 'Fetches', expr: rate(`${FETCHES}_count`, '', 'subgraph'), unit: 'reqps' },
          {
            name: 'Broken',
            expr: share(rate(`${FETCHES}_count`, BROKEN, 'subgraph'), rate(`${FETCHES}_count`, '', 'subgraph')),
            unit: 'percentunit',
            steps: [[0.01, 'red']],
          },
          { name: '50 %', expr: quantile(0.5, FETCHES, '', 'subgraph'), unit: 's' },
          { name: '99 %', expr: quantile(0.99, FETCHES, '', 'subgraph'), unit: 's', steps: [[1, 'yellow']] },
          {
            name: 'Waiting',
            expr: `sum by (subgraph) (${select('http_client_pending_requests')})`,
            steps: [[10, 'yellow']],
          },
        ],
        { by: 'subgraph', link: { title: 'Its page', url: `/d/tributary-subgraph-\${__value.text}` } },
      ),
      timeSeries(
        'Fetches',
        'Requests of the gateway to each subgraph.',
        [{ expr: rate(`${FETCHES}_count`, '', 'subgraph'), legend: '{{subgraph}}' }],
        { unit: 'reqps', stacked: true },
      ),
      timeSeries(
        'Broken fetches',
        'Without an answer, with one that is none, or too late.',
        [{ expr: rate(`${FETCHES}_count`, BROKEN, 'subgraph, outcome'), legend: '{{subgraph}} {{outcome}}' }],
        { unit: 'reqps', stacked: true },
      ),
      timeSeries(
        'Time of a fetch, 99 %',
        'Points are sampled requests: they lead to their trace.',
        [{ expr: quantile(0.99, FETCHES, '', 'subgraph'), legend: '{{subgraph}}', exemplar: true }],
        { unit: 's' },
      ),
    ],
  };
}

function services(): Section {
  return {
    title: 'Services',
    panels: [
      timeSeries('Processes', 'Pods that answer scrapes.', [
        { expr: `count by (service) (${select('process_start_time_seconds')})`, legend: '{{service}}' },
      ]),
      timeSeries(
        'Busiest event loop',
        'Of all pods of a service.',
        [{ expr: `max by (service) (${select('nodejs_eventloop_utilization')})`, legend: '{{service}}' }],
        { unit: 'percentunit', max: 1, steps: [[0.9, 'red']] },
      ),
      timeSeries(
        'External services',
        'Whether what the services depend on answered when it was last asked: 1 for yes.',
        [{ expr: `min by (service) (${select('external_service_up')})`, legend: '{{service}}' }],
        { max: 1 },
      ),
    ],
  };
}
