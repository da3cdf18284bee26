import { contractBreaches, startTraceCollector, type TraceCollector, until } from '@tributary/service-kit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HttpReceiver, startHttpReceiver } from './testing/http-receiver.ts';
import { type SmtpServer, startSmtpServer } from './testing/smtp-server.ts';
import { startNotifications, type User } from './testing/start-notifications.ts';

describe('what is delivered', () => {
  let smtp: SmtpServer;
  let receiver: HttpReceiver;
  let spans: TraceCollector['spans'];
  const people: User[] = [];
  let webhookId: string;

  /** One e-mail that arrives with its webhook, and one that is refused, whose webhook fails. */
  beforeAll(async () => {
    await using collector = await startTraceCollector();
    smtp = await startSmtpServer();
    receiver = await startHttpReceiver();
    const server = await startNotifications(undefined, {
      tracing: { enabled: true, endpoint: collector.endpoint },
      email: {
        transport: 'smtp',
        from: 'Tributary <no-reply@shop.example>',
        smtp: { host: '127.0.0.1', port: smtp.port, tls: 'none' },
      },
      deliveries: { pollInterval: '20ms', firstRetryAfter: '20ms', maxAttempts: 1 },
    });
    const settled = (user: User) =>
      until('deliveries to be settled', async () => {
        const all = await server.deliveriesOf(user);
        return all.length === 2 && all.every(({ state }) => state !== 'PENDING');
      });
    for (const isRefused of [false, true]) {
      const user = server.newUser();
      people.push(user);
      const input = { url: `${receiver.url}/hook/canary`, kinds: ['ORDER_PLACED'] };
      const { webhook } = await server.mutate('registerWebhook', input, user);
      webhookId ??= webhook.id;
      if (isRefused) {
        smtp.refusals.set(`${user.userId}@example.com`, '550 5.1.1 no such user canary');
        receiver.answer = async (response) => void response.writeHead(500).end('canary');
      }
      await server.placed(user);
      await settled(user);
    }
    // What is not sent yet is sent at the end.
    await server.stop();
    spans = collector.spans;
  });
  afterAll(async () => {
    await smtp[Symbol.asyncDispose]();
    await receiver[Symbol.asyncDispose]();
  });

  const named = (name: string) => spans.filter((span) => span.name === name);

  it('is so in the trace of its event, an attempt a span', () => {
    const events = named('process orders.order.placed.v1');
    expect(events).toHaveLength(2);
    for (const name of ['deliver EMAIL', 'deliver WEBHOOK']) {
      const attempts = named(name);
      expect(attempts.map(({ parentSpanId }) => parentSpanId).sort()).toEqual(
        events.map(({ spanId }) => spanId).sort(),
      );
      expect(attempts.map(({ hasFailed }) => hasFailed).sort()).toEqual([false, true]);
      for (const { attributes } of attempts) expect(attributes['notification.delivery.attempt']).toBe(1);
    }
    expect(contractBreaches(spans)).toEqual([]);
  });

  it('reaches the mail server in a span, whose failure is the answer’s code', () => {
    const parents = new Set(named('deliver EMAIL').map(({ spanId }) => spanId));
    const sent = named('smtp send');
    const server = { 'network.protocol.name': 'smtp', 'server.address': '127.0.0.1', 'server.port': smtp.port };
    expect(sent.map(({ kind, attributes, hasFailed }) => ({ kind, attributes, hasFailed }))).toEqual([
      { kind: 'CLIENT', attributes: server, hasFailed: false },
      { kind: 'CLIENT', attributes: { ...server, 'error.type': 'SMTP_550' }, hasFailed: true },
    ]);
    expect(sent.every(({ parentSpanId }) => parents.has(parentSpanId ?? ''))).toBe(true);
  });

  it('reaches a webhook in a span, which names it by its id; and the receiver is told of no trace', () => {
    const [good, bad] = named('POST webhook');
    expect(good).toMatchObject({
      kind: 'CLIENT',
      hasFailed: false,
      attributes: { 'http.request.method': 'POST', 'http.response.status_code': 204, 'webhook.id': webhookId },
    });
    expect(bad).toMatchObject({
      hasFailed: true,
      attributes: { 'http.response.status_code': 500, 'error.type': '500' },
    });
    expect(receiver.received).toHaveLength(2);
    const names = receiver.received.flatMap(({ headers }) => Object.keys(headers));
    expect(names.filter((name) => /trace|baggage|b3/.test(name))).toEqual([]);
  });

  it('leaves no address and no word of it in any span', () => {
    const text = JSON.stringify(spans);
    expect(text).not.toMatch(/canary|@example\.com|Ada Example/i);
    expect(text).not.toContain(receiver.url);
    expect(people).toHaveLength(2);
  });
});
