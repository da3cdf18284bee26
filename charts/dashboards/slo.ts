import type { DashboardSpec, Section } from './dashboard.ts';
import { type Panel, type Steps, stat, table, timeSeries } from './panels.ts';
import { select } from './queries.ts';

/** Windows of the burn-rate alerts, and from which factor on they fire. */
const BURNS = [
  { window: '1h', factor: 14.4 },
  { window: '6h', factor: 6 },
  { window: '1d', factor: 3 },
  { window: '3d', factor: 1 },
] as const;
type Window = (typeof BURNS)[number]['window'];

const LEFT: Steps = [
  [0, 'orange'],
  [0.25, 'yellow'],
  [0.5, 'green'],
];

/** How much of what may fail has failed. Rests on the recording rules `slo:…`. */
export const slo = (): DashboardSpec => ({
  uid: 'tributary-slo',
  title: 'Tributary / Service level objectives',
  description: 'What may fail, how much of it has failed in the time shown, and how fast that goes on.',
  from: 'now-7d',
  sections: [
    ofGateway('gateway-availability', 'Gateway: operations without errors that are ours'),
    ofGateway('gateway-latency', 'Gateway: operations that are fast enough'),
    ofSubgraphs(),
  ],
});

function ofGateway(name: string, title: string): Section {
  return {
    title,
    panels: [
      stat(
        'Objective',
        'The share of requests that has to be good.',
        { expr: `max(slo:objective:ratio{slo="${name}"})` },
        { unit: 'percentunit', w: 4, h: 5 },
      ),
      stat('Good', 'In the time shown.', { expr: `1 - ${failedShare(name)}` }, { unit: 'percentunit', w: 4, h: 5 }),
      budgetLeft(name, { w: 4, h: 5 }),
      burnRates(name, { w: 12, h: 10 }),
      timeSeries(
        'Requests and failures',
        'A second, as the objective counts them.',
        [
          { expr: `sum(${of('slo:requests:rate5m', name)})`, legend: 'requests' },
          { expr: `sum(${of('slo:failures:rate5m', name)})`, legend: 'failures' },
        ],
        { unit: 'reqps', w: 24, h: 6 },
      ),
    ],
  };
}

function ofSubgraphs(): Section {
  const name = 'subgraph-availability';
  const steps = (factor: number): Steps => [[factor, 'red']];
  return {
    title: 'Subgraphs: requests that do not fail',
    panels: [
      table(
        'Subgraphs',
        'Error budget left in the time shown, and how many times too fast it burns in each window. A name leads to its page.',
        [
          { name: 'Budget left', expr: leftBy(name), unit: 'percentunit', steps: LEFT },
          ...BURNS.map(({ window, factor }) => ({
            name: `Burn ${window}`,
            expr: burn(name, window),
            steps: steps(factor),
          })),
        ],
        { by: 'service', w: 24, link: { title: 'Its page', url: `/d/tributary-subgraph-\${__value.text}` } },
      ),
      timeSeries(
        'Burn rate of the last hour',
        'From 14.4 on it pages, if the last five minutes are as bad.',
        [{ expr: burn(name, '1h'), legend: '{{service}}' }],
        { steps: [[14.4, 'red']], w: 24 },
      ),
    ],
  };
}

function budgetLeft(name: string, size: { w: number; h: number }): Panel {
  return stat(
    'Error budget left',
    'Of what may fail in the time shown. Below 0 more has failed than may.',
    { expr: `1 - ${failedShare(name)} / ${allowed(name)}` },
    { unit: 'percentunit', steps: LEFT, ...size },
  );
}

function burnRates(name: string, { w, h }: { w: number; h: number }): Panel {
  return timeSeries(
    'Burn rate',
    '1: the budget of 30 days is used up in 30 days. Alerts fire from 14.4 (1h), 6 (6h), 3 (1d) and 1 (3d) on.',
    BURNS.map(({ window }) => ({ expr: `max(${burn(name, window)})`, legend: window })),
    { steps: BURNS.toReversed().map(({ factor }) => [factor, factor > 3 ? 'red' : 'orange'] as const), w, h },
  );
}

const of = (metric: string, name: string) => select(metric, `slo="${name}"`);
const allowed = (name: string) => `scalar(1 - max(slo:objective:ratio{slo="${name}"}))`;

const burn = (name: string, window: Window) =>
  `max by (service) (${of(`slo:failure_ratio:rate${window}`, name)}) / ${allowed(name)}`;

const overRange = (metric: string, name: string, by = '') => `sum${by} (avg_over_time(${of(metric, name)}[$__range]))`;

const failedShare = (name: string, by = '') =>
  `${overRange('slo:failures:rate5m', name, by)} / (${overRange('slo:requests:rate5m', name, by)} > 0)`;

const leftBy = (name: string) => `1 - ${failedShare(name, ' by (service)')} / ${allowed(name)}`;
