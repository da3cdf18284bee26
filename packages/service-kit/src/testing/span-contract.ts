import type { CollectedSpan } from './trace-collector.ts';

/** What docs/tracing.md promises of one sort of span. Other attributes than these are breaches. */
export interface SpanSort {
  /** As documents have it: `{…}` stands for what changes. */
  readonly name: string;
  readonly kind: CollectedSpan['kind'];
  /** `every`, `every subgraph`, or names of those that make it. */
  readonly services: readonly string[];
  /** What it is a child of, in words or by names. */
  readonly parent: string;
  /** Always there. */
  readonly attributes: readonly string[];
  /** There where they apply. */
  readonly optional: readonly string[];
  /** The name's pattern. */
  readonly pattern: RegExp;
}

interface Names {
  parent: string;
  kind?: SpanSort['kind'];
  services?: readonly string[];
  attributes?: readonly string[];
  optional?: readonly string[];
}

const EVERY = ['every'];
const SUBGRAPHS = ['every subgraph'];
const OPERATION = ['graphql.operation.type', 'graphql.operation.name'];
const MESSAGE = [
  'messaging.system',
  'messaging.operation.type',
  'messaging.operation.name',
  'messaging.destination.name',
  'messaging.message.id',
  'messaging.delivery.attempt',
];
const SERVER = ['server.address', 'server.port'];
const HTTP_CALL = ['http.request.method', 'url.template', ...SERVER];

const sort = (
  name: string,
  { kind = 'INTERNAL', services = EVERY, parent, attributes = [], optional = [] }: Names,
): SpanSort => ({
  ...{ name, kind, services, parent, attributes },
  optional: [...optional, 'error.type'],
  pattern: new RegExp(`^${name.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{[^}]+\}/g, '[^ ]+')}$`),
});

/** Every span that a service makes; docs/tracing.md has the same table, and says what the names mean. */
export const SPAN_CONTRACT: readonly SpanSort[] = [
  sort('{METHOD} {route}', {
    parent: 'the caller’s span; none: a trace begins',
    kind: 'SERVER',
    attributes: ['http.request.method', 'http.route', 'http.response.status_code', 'http.response.header.x-request-id'],
    optional: [
      ...OPERATION,
      'graphql.client.name',
      'graphql.client.version',
      'graphql.api.version',
      'enduser.pseudo.id',
      'graphql.cost.estimated',
      'graphql.shed',
    ],
  }),
  sort('graphql.message', {
    parent: 'what `extensions.traceparent` of the message names; none: a trace begins',
    kind: 'SERVER',
    services: ['gateway'],
    attributes: ['http.route', 'http.response.header.x-request-id'],
    optional: [
      ...OPERATION,
      'graphql.client.name',
      'graphql.client.version',
      'graphql.api.version',
      'enduser.pseudo.id',
      'graphql.cost.estimated',
      'graphql.shed',
    ],
  }),
  sort('graphql.subscription.event', {
    parent: 'none, linked to what caused the event: a trace begins',
    kind: 'CONSUMER',
    services: ['gateway'],
    attributes: ['http.response.header.x-request-id', 'graphql.operation.type'],
    optional: ['graphql.operation.name', 'graphql.errors.count'],
  }),
  sort('graphql.subscribe', { parent: '`{METHOD} {route}`, `graphql.message`', services: ['gateway'] }),
  sort('graphql.parse', { parent: '`{METHOD} {route}`', services: ['gateway'] }),
  sort('graphql.validate', { parent: '`{METHOD} {route}`', services: ['gateway'] }),
  sort('graphql.authorise', { parent: '`{METHOD} {route}`, `graphql.message`', services: ['gateway'] }),
  sort('graphql.plan', {
    parent: '`graphql.execute`, `graphql.subscribe`, `graphql.subscription.event`',
    services: ['gateway'],
  }),
  sort('graphql.execute', {
    parent: '`{METHOD} {route}`',
    optional: [...OPERATION, 'graphql.execute.shared', 'graphql.errors.count'],
  }),
  sort('fetch {subgraph}', {
    parent: '`graphql.execute`, `graphql.subscribe`, `graphql.subscription.event`',
    kind: 'CLIENT',
    services: ['gateway'],
    attributes: ['graphql.subgraph.name', 'http.request.method', ...SERVER],
    optional: [
      'graphql.subgraph.entities',
      'graphql.subgraph.shared',
      'graphql.subgraph.replayed',
      'graphql.errors.count',
      'http.response.status_code',
      'http.response.body.size',
      'http.request.resend_count',
    ],
  }),
  sort('resolve {Type.field}', {
    parent: '`graphql.execute`',
    services: SUBGRAPHS,
    attributes: ['graphql.resolver.calls'],
  }),
  sort('resolve reference {Type}', {
    parent: '`graphql.execute`',
    services: SUBGRAPHS,
    attributes: ['graphql.resolver.calls'],
  }),
  sort('batch {loader}', {
    parent: 'the resolver that asked first',
    services: SUBGRAPHS,
    attributes: ['graphql.batch.name', 'graphql.batch.keys'],
  }),
  sort('{OPERATION}', {
    parent: 'what made the statement',
    kind: 'CLIENT',
    services: SUBGRAPHS,
    attributes: ['db.system.name', 'db.operation.name', 'db.query.summary', 'db.query.text'],
    optional: ['db.response.status_code'],
  }),
  sort('{OPERATION} {table}', {
    parent: 'what made the statement',
    kind: 'CLIENT',
    services: SUBGRAPHS,
    attributes: ['db.system.name', 'db.operation.name', 'db.collection.name', 'db.query.summary', 'db.query.text'],
    optional: ['db.response.status_code'],
  }),
  sort('send {type}', {
    parent: 'the span in which the event was said',
    kind: 'PRODUCER',
    services: SUBGRAPHS,
    attributes: MESSAGE,
  }),
  sort('process {type}', {
    parent: '`send {type}`, linked to it too',
    kind: 'CONSUMER',
    services: SUBGRAPHS,
    attributes: [...MESSAGE, 'messaging.consumer.group.name'],
    optional: ['messaging.delivery.outcome', 'messaging.delivery.redrive'],
  }),
  sort('payment {task}', {
    parent: 'the span in which the task was set',
    services: ['payments'],
    attributes: ['payment.attempts'],
    optional: ['payment.id'],
  }),
  sort('deliver {channel}', {
    parent: '`process {type}`',
    services: ['notifications'],
    attributes: ['notification.delivery.id', 'notification.delivery.attempt'],
  }),
  sort('{METHOD} {path}', {
    parent: '`payment {task}`, `deliver {channel}`',
    kind: 'CLIENT',
    services: ['payments', 'notifications'],
    attributes: HTTP_CALL,
    optional: ['http.response.status_code'],
  }),
  sort('POST webhook', {
    parent: '`deliver {channel}`',
    kind: 'CLIENT',
    services: ['notifications'],
    attributes: ['http.request.method', 'webhook.id'],
    optional: ['http.response.status_code'],
  }),
  sort('smtp send', {
    parent: '`deliver {channel}`',
    kind: 'CLIENT',
    services: ['notifications'],
    attributes: ['network.protocol.name', ...SERVER],
  }),
];

/** The contract as a table in Markdown, as docs/tracing.md has it. */
export function contractTable(): string {
  const code = (name: string) => `\`${name}\``;
  const rows = SPAN_CONTRACT.map(({ name, kind, services, parent, attributes, optional }) =>
    [
      ...[code(name), kind, services.join(', '), parent],
      ...[
        attributes.map(code).join(', '),
        optional
          .filter((key) => key !== 'error.type')
          .map(code)
          .join(', '),
      ],
    ].join(' | '),
  );
  const head = 'Span | Kind | Service | Child of | Attributes | Where they apply';
  return [head, head.replace(/[^|]+/g, ' --- ').trim(), ...rows].map((row) => `| ${row} |`).join('\n');
}

/** What of these spans is not as promised, one line each: a sort of span, or an attribute, that nothing is said of. */
export function contractBreaches(spans: readonly CollectedSpan[]): string[] {
  return [...new Set(spans.flatMap(breachesOf))].sort();
}

function breachesOf({ service, name, kind, attributes }: CollectedSpan): string[] {
  const named = SPAN_CONTRACT.filter((each) => each.pattern.test(name) && each.kind === kind && isOf(each, service));
  const has = Object.keys(attributes);
  const breaches = named.map(({ attributes: required, optional }) => [
    ...required.filter((key) => !has.includes(key)).map((key) => `${service}: ${name} (${kind}) lacks ${key}`),
    ...has
      .filter((key) => !required.includes(key) && !optional.includes(key))
      .map((key) => `${service}: ${name} (${kind}) has ${key}`),
  ]);
  const [first] = breaches.sort((a, b) => a.length - b.length);
  return first ?? [`${service}: no span is called ${name} (${kind})`];
}

const isOf = ({ services }: SpanSort, service: string): boolean =>
  services.includes(service) || services === EVERY || (services === SUBGRAPHS && service !== 'gateway');
