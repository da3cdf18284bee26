import type { Alert } from './rule.ts';

/** Outbox, broker and consumers. Each pod of a service tells the same numbers. */
export const eventAlerts: readonly Alert[] = [
  {
    alert: 'OutboxLagging',
    expr: 'max by (namespace, service) (outbox_lag_seconds) > 120',
    for: '5m',
    severity: 'page',
    about: { label: 'service' },
    dashboard: 'tributary-events',
    summary: 'Events of {{ $labels.service }} are not published',
    description: 'The oldest one has waited for {{ $value | humanizeDuration }}. Orders stand still meanwhile.',
  },
  {
    alert: 'OutboxGrowing',
    expr: `max by (namespace, service) (outbox_pending) > 1000
and
max by (namespace, service) (delta(outbox_pending[15m])) > 0`,
    for: '15m',
    severity: 'ticket',
    about: { label: 'service' },
    dashboard: 'tributary-events',
    summary: '{{ $labels.service }} says more events than it publishes',
    description: '{{ $value }} events wait in its outbox, and they have become more for 15 minutes.',
  },
  {
    alert: 'ConsumerFallingBehind',
    expr: `max by (namespace, consumer) (events_consumer_pending) > 500
and
max by (namespace, consumer) (delta(events_consumer_pending[15m])) > 0`,
    for: '15m',
    severity: 'ticket',
    about: { label: 'consumer' },
    dashboard: 'tributary-events',
    summary: '{{ $labels.consumer }} hears events more slowly than they come',
    description: '{{ $value }} events wait for it at the broker, and they have become more for 15 minutes.',
  },
  {
    alert: 'DeadLettersWaiting',
    expr: 'max by (namespace, consumer) (events_dead_letters) > 0',
    for: '5m',
    severity: 'ticket',
    about: { label: 'consumer' },
    dashboard: 'tributary-events',
    summary: '{{ $labels.consumer }} could not handle {{ $value }} events',
    description: 'They wait for somebody to try them again or to discard them; what they stand for has not happened.',
  },
];
