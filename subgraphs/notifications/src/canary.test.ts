import { generateServiceKeyPair, type Identity, newId, type RunningSubgraph } from '@tributary/service-kit';
import { eachEngine, startTestSubgraph, until } from '@tributary/service-kit/testing';
import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { subgraph } from './subgraph.ts';
import { bounces, deliveries } from './tables.ts';
import { startHttpReceiver } from './testing/http-receiver.ts';
import { startSmtpServer } from './testing/smtp-server.ts';
import { orderOf, testConfig } from './testing/start-notifications.ts';

const ADDRESS = 'canary.address@example.com';
const MUTATION = `mutation ($url: String!) { registerWebhook(input: { url: $url, kinds: [ORDER_PLACED] }) {
  secret webhook { id } errors { ... on DomainError { code message } } } }`;

/** Everything that the service keeps, as text. */
async function dump({ database: { db } }: RunningSubgraph): Promise<string> {
  const ours = ['recipients', 'notifications', 'preferences', 'quiet_hours', 'bounces', 'webhooks', 'deliveries'];
  const tables = [...ours, 'outbox', 'inbox'];
  const rows = await Promise.all(
    tables.map((table) => db.execute(sql`select row_to_json(t)::text from notifications.${sql.identifier(table)} t`)),
  );
  return JSON.stringify(rows.map((result) => (result as unknown as { rows: unknown[] }).rows));
}

eachEngine('what is personal or secret', (open) => {
  it('is in no log line, event, metric or error, and the address not even in the database', async () => {
    await using database = await open();
    await using smtp = await startSmtpServer();
    await using receiver = await startHttpReceiver();
    await using users = await startHttpReceiver();
    users.answer = (response) => {
      const user = { email: ADDRESS, name: 'Canary Name', locale: 'DE' };
      // Once an answer that cannot be used, with everything in it.
      const isFirst = users.received.length === 1;
      response.end(JSON.stringify(isFirst ? { errors: [{ message: ADDRESS }], data: { user } } : { data: { user } }));
    };
    receiver.answer = (response) => response.writeHead(500, { 'x-canary': 'canary' }).end('canary');
    smtp.refusals.set(ADDRESS, `451 4.7.1 <${ADDRESS}> has to wait`);
    const ownKeys = await generateServiceKeyPair('notifications');
    await using server = await startTestSubgraph(subgraph, {
      database,
      config: {
        ...testConfig(`${users.url}/graphql`),
        email: {
          transport: 'smtp',
          smtp: { host: '127.0.0.1', port: smtp.port, tls: 'none', user: 'u', password: 'canary' },
        },
        deliveries: { pollInterval: '20ms', firstRetryAfter: '20ms', maxAttempts: 3 },
        log: { level: 'trace' },
        identity: { key: ownKeys.privateKey },
      },
    });
    const user: Identity = { kind: 'user', userId: newId(), roles: ['customer'] };
    const register = (url: string) => server.query(MUTATION, { url }, user);
    const place = (type: string, more = {}) =>
      server.deliver({ type, subject: 'canary', data: { ...orderOf(user), ...more } });
    const settled = (failure: string) =>
      until(`a delivery to fail with ${failure}`, async () => {
        const rows = await server.database.db.select().from(deliveries);
        return rows.some((row) => row.failure === failure && row.state === 'FAILED');
      });

    const { secret } = (await register(`${receiver.url}/canary-path`)).data.registerWebhook;
    const refused = await register('https://canary:canary@example.com/');
    await place('orders.order.placed.v1');
    await settled('SMTP_451');
    await settled('HTTP_500');
    smtp.refusals.set(ADDRESS, `550 5.1.1 <${ADDRESS}> is not here`);
    await place('orders.order.confirmed.v1');
    await settled('SMTP_550');
    await until('the bounce to be noted', async () => (await server.database.db.select().from(bounces)).length > 0);
    await place('orders.order.placed.v1', { customerId: 'canary' });
    const broken = await fetch(`${server.url}/unsubscribe?token=canary`);
    await until('the SMTP server to have been shown the password', () => smtp.credentials.length > 0);
    const kept = await dump(server);
    const metrics = await server.metrics.scrape();
    const events = await server.published();
    await server.stop();

    expect(broken.status).toBe(400);
    expect(receiver.received.length).toBeGreaterThan(0);
    expect(secret).toMatch(/^whsec_/);
    expect(server.logLines.length).toBeGreaterThan(10);
    const shown = [...server.logLines, JSON.stringify([events, refused]), metrics, await broken.text()].join('\n');
    expect(shown).toContain('delivery given up');
    expect(shown).not.toMatch(/canary/i);
    expect(kept).not.toMatch(/canary\.address|canary name/i);
    for (const text of [shown, kept]) expect(text).not.toContain(secret?.slice('whsec_'.length));
  });
});
