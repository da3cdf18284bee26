import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { MetricsHistory } from './metrics-history.ts';
import { isShownMetric, metricsView } from './metrics-view.ts';

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

/** A service's admin port that answers with `text`, and counts how often it was asked. */
async function adminPort(text: string | (() => Iterable<string>), status = 200) {
  const seen = { asked: 0 };
  const server = createServer(async (_request, response) => {
    seen.asked++;
    response.writeHead(status);
    for (const part of typeof text === 'string' ? [text] : text()) response.write(part);
    response.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => server.close());
  return { seen, adminUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const tableOf = (history: MetricsHistory, title: string) =>
  metricsView(history).tables.find((table) => table.title === title);

test('services are asked once however many look, and the tables tell what they say', async () => {
  const gateway = await adminPort(
    [
      'graphql_operations_total{service="gateway",operation="Buy",type="mutation",outcome="success"} 3',
      'graphql_operations_total{service="gateway",operation="Buy",type="mutation",outcome="failure"} 1',
      'graphql_operation_duration_seconds_bucket{service="gateway",operation="Buy",le="0.1"} 4',
      'graphql_operation_duration_seconds_bucket{service="gateway",operation="Buy",le="+Inf"} 4',
      'process_resident_memory_bytes{service="gateway"} 104857600',
      'some_other_metric 1',
    ].join('\n'),
  );
  const orders = await adminPort(
    [
      'orders_total{service="orders",status="PAID"} 2',
      'orders_total{service="orders",status="CANCELLED"} 0',
      'payments_captured_minor_units_total{service="payments",currency="EUR"} 26290',
      'payments_captured_minor_units_total{service="payments",currency="JPY"} 500',
      'outbox_pending{service="orders"} 12',
      'outbox_lag_seconds{service="orders"} 30',
      'events_consumed_total{service="orders",consumer="orders",type="a",outcome="handled"} 5',
      'events_dead_letters{service="orders",consumer="orders"} 1',
    ].join('\n'),
  );
  const services = [
    { name: 'gateway', adminUrl: gateway.adminUrl },
    { name: 'orders', adminUrl: orders.adminUrl },
  ];
  const history = new MetricsHistory(services, isShownMetric);
  await Promise.all([history.look(), history.look()]);
  await history.look();
  expect([gateway.seen.asked, orders.seen.asked]).toEqual([1, 1]);
  expect(history.silent).toEqual([]);

  expect(tableOf(history, 'Operations by service')?.rows).toMatchObject([
    { cells: ['gateway', expect.any(String), '25 %', '0 %', '50 ms', '95 ms'], isBad: true },
    { cells: ['orders', '0', '–', '–', '–', '–'], isBad: false },
  ]);
  expect(tableOf(history, 'Operations at the gateway')?.rows).toMatchObject([
    { cells: ['Buy', expect.any(String), '4', '1', '0', '50 ms', '95 ms'] },
  ]);
  expect(tableOf(history, 'Orders and money')?.rows.map(({ cells }) => cells)).toEqual([
    ['Orders · PAID', '2', '2'],
    ['Captured · EUR', '€262.90', '€262.90'],
    ['Captured · JPY', '¥500', '¥500'],
  ]);
  expect(tableOf(history, 'Outbox')?.rows).toMatchObject([{ cells: ['orders', '12', '30.0 s'], isBad: true }]);
  expect(tableOf(history, 'Consumers')?.rows).toMatchObject([
    { cells: ['orders', expect.any(String), '5', '0', '0', '0', '1'], isBad: true },
  ]);
  expect(tableOf(history, 'This process')?.rows).toMatchObject([{ cells: ['Resident memory', '100 MiB'] }]);
  expect(metricsView(history).sources[0]).toEqual({
    name: 'gateway',
    href: `${gateway.adminUrl}/metrics`,
    isSilent: false,
  });
});

test('a service that is away, fails, or tells without end hides none of the others', async () => {
  const endless = function* () {
    for (let kilobytes = 0; kilobytes < 5000; kilobytes++) yield `${'#'.repeat(1023)}\n`;
  };
  const [well, failing, talking] = await Promise.all([
    adminPort('outbox_pending{service="users"} 1'),
    adminPort('outbox_pending{service="failing"} 1', 500),
    adminPort(endless),
  ]);
  const services = [
    { name: 'away', adminUrl: 'http://127.0.0.1:9' },
    { name: 'failing', adminUrl: failing.adminUrl },
    { name: 'talking', adminUrl: talking.adminUrl },
    { name: 'users', adminUrl: well.adminUrl },
  ];
  const history = new MetricsHistory(services, isShownMetric);
  await history.look();
  expect(history.silent).toEqual(['away', 'failing', 'talking']);
  expect(tableOf(history, 'Outbox')?.rows.map(({ cells }) => cells[0])).toEqual(['users']);
});
