import type { DashboardSpec } from './dashboard.ts';
import { consumerPanels, outboxPanels } from './event-panels.ts';
import { stat, text, timeSeries } from './panels.ts';
import { select } from './queries.ts';
import type { ObservedSubgraph } from './subgraph.ts';

/** The way of events: from the outboxes over the broker to the consumers. */
export const events = (subgraphs: readonly ObservedSubgraph[]): DashboardSpec => ({
  uid: 'tributary-events',
  title: 'Tributary / Events',
  description: 'From the outboxes over the broker to the consumers: what waits, what fails, what was given up.',
  sections: [
    {
      title: 'Now',
      panels: [
        stat(
          'Waiting in outboxes',
          'Committed and not yet published.',
          { expr: `sum(max by (service) (${select('outbox_pending')}))` },
          { steps: [[1000, 'red']] },
        ),
        stat(
          'Oldest of them',
          'How long it waits.',
          { expr: `max(${select('outbox_lag_seconds')})` },
          {
            unit: 's',
            steps: [
              [10, 'yellow'],
              [60, 'red'],
            ],
          },
        ),
        stat(
          'Held by the broker',
          'For all consumers.',
          { expr: `sum(max by (consumer) (${select('events_consumer_pending')}))` },
          { steps: [[1000, 'red']] },
        ),
        stat(
          'Dead letters',
          'Events that wait for an operator.',
          { expr: `sum(max by (consumer) (${select('events_dead_letters')}))` },
          { steps: [[1, 'orange']] },
        ),
        stat(
          'Broker',
          'Whether it answered every service when it was last asked.',
          { expr: `min(${select('external_service_up', 'service="nats"')})` },
          { names: { '0': 'down', '1': 'up' } },
        ),
      ],
    },
    { title: 'Producers', panels: outboxPanels('').map((panel) => ({ ...panel, size: { w: 12, h: 8 } })) },
    { title: 'Consumers', panels: consumerPanels('').map((panel) => ({ ...panel, size: { w: 12, h: 8 } })) },
    {
      title: 'Broker and contracts',
      panels: [
        timeSeries(
          'Broker answers',
          'By pod: 1 while it answered when it was last asked.',
          [{ expr: `min by (pod) (${select('external_service_up', 'service="nats"')})`, legend: '{{pod}}' }],
          { max: 1, w: 8, h: 12 },
        ),
        text('Who says what to whom', 'From the contracts of the subgraphs.', contracts(subgraphs), { w: 16, h: 12 }),
      ],
    },
  ],
});

function contracts(subgraphs: readonly ObservedSubgraph[]): string {
  const rows = subgraphs.flatMap(({ name, says }) =>
    says.map((type) => {
      const hearers = subgraphs.filter(({ hears }) => hears.includes(type)).map((subgraph) => subgraph.name);
      return `| ${type} | ${name} | ${hearers.join(', ') || '–'} |`;
    }),
  );
  return ['| Event | Said by | Heard by |', '|---|---|---|', ...rows].join('\n');
}
