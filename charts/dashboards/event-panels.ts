import { type Panel, timeSeries } from './panels.ts';
import { rate, select } from './queries.ts';

/** What waits in the outbox. Each pod tells the same number: it is counted in the database. */
export function outboxPanels(matchers: string): Panel[] {
  return [
    timeSeries(
      'Outbox',
      'Events that are committed and not yet published. It falls to 0 when the broker is back.',
      [{ expr: `max by (service) (${select('outbox_pending', matchers)})`, legend: '{{service}}' }],
      { steps: [[1000, 'red']] },
    ),
    timeSeries(
      'Outbox lag',
      'How long the oldest of them waits.',
      [{ expr: `max by (service) (${select('outbox_lag_seconds', matchers)})`, legend: '{{service}}' }],
      { unit: 's', steps: [[60, 'red']] },
    ),
  ];
}

/** How a consumer gets on with what it hears. */
export function consumerPanels(matchers: string): Panel[] {
  return [
    timeSeries(
      'Handled',
      'Deliveries by outcome: handled; skipped as already handled; failed, to come again; given up as dead letters.',
      [{ expr: rate('events_consumed_total', matchers, 'consumer, outcome'), legend: '{{consumer}} {{outcome}}' }],
      { unit: 'cps', stacked: true },
    ),
    timeSeries(
      'Handled by type',
      'Deliveries by type of event; unknown stands for what no handler takes.',
      [{ expr: rate('events_consumed_total', matchers, 'type'), legend: '{{type}}' }],
      { unit: 'cps', stacked: true },
    ),
    timeSeries(
      'Held by the broker',
      'Not delivered yet, or not acknowledged. What grows is not kept up with: the HPA adds pods by it.',
      [{ expr: `max by (consumer) (${select('events_consumer_pending', matchers)})`, legend: '{{consumer}}' }],
      { steps: [[1000, 'red']] },
    ),
    timeSeries(
      'Dead letters',
      'Events that wait for an operator: `npm run events -- list`, then `redrive`.',
      [{ expr: `max by (consumer) (${select('events_dead_letters', matchers)})`, legend: '{{consumer}}' }],
      { steps: [[1, 'red']] },
    ),
  ];
}
