import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** What somebody was told, as Alertmanager's integrations send it. */
export interface Notification {
  /** `/<receiver>` for Slack and webhooks, `/pagerduty` for PagerDuty. */
  path: string;
  // biome-ignore lint/suspicious/noExplicitAny: each integration has a form of its own
  body: any;
}

/** A loopback server in the place of Slack, PagerDuty and webhooks, which keeps what it is sent. */
export async function notificationSink() {
  const received: Notification[] = [];
  const server = createServer(async (request, response) => {
    received.push({ path: request.url ?? '', body: await json(request) });
    response.writeHead(request.url === '/pagerduty' ? 202 : 200).end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    received,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => server.close(),
  };
}
