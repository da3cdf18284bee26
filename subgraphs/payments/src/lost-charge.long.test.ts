import { eachEngine, until } from '@tributary/service-kit/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startPayments, type TestPayments, testConfig } from './testing/test-payments.ts';
import { startTestSandbox, type TestSandbox } from './testing/test-sandbox.ts';
import { startTestWire, type TestWire } from './testing/test-wire.ts';

/** As with a data folder whose payments are older than the sandbox's ledger. */
eachEngine('a charge that the provider has lost', (open) => {
  let wire: TestWire;
  let sandbox: TestSandbox;
  let server: TestPayments;
  beforeAll(async () => {
    sandbox = await startTestSandbox();
    wire = await startTestWire(sandbox.url);
    const config = {
      ...testConfig,
      provider: { ...testConfig.provider, url: wire.url },
      reconciliation: { grace: '0ms' },
    };
    server = await startPayments(await open(), config, sandbox);
  });
  afterAll(async () => {
    await server.stop();
    await wire[Symbol.asyncDispose]();
    await sandbox.stop();
  });

  const lose = (key: string) => sandbox.execute(`DELETE FROM charges WHERE key = '${key}'`);
  const triesOf = (key: string) =>
    wire.requests.filter(({ line }) => line === `POST /v1/charges/${key}/capture`).length;

  it('is declined, and can never be collected any more', async () => {
    const orderId = await server.request();
    const { id } = await server.reaches(orderId, 'AUTHORIZED');
    lose(id);
    await server.hear('capture.requested', orderId);
    expect(await server.reaches(orderId, 'DECLINED')).toMatchObject({ declineReason: 'CAPTURE_FAILED', task: null });
    expect(await server.said(orderId)).toEqual(['authorized', 'declined']);
    expect(sandbox.charge(id)).toMatchObject({ status: 'VOIDED', amount_minor: 0 });
    expect(wire.requests).toContainEqual({ line: `GET /v1/charges/${id}`, fate: 'passes' });
  });

  it('is not given up while the provider does not say so', async () => {
    const orderId = await server.request();
    const { id } = await server.reaches(orderId, 'AUTHORIZED');
    const asked = `GET /v1/charges/${id}`;
    wire.fateOf = (line) => (line.startsWith(`POST /v1/charges/${id}`) || line === asked ? 'answer lost' : 'passes');
    lose(id);
    await server.hear('capture.requested', orderId);
    await until('two questions', () => wire.requests.filter(({ line }) => line === asked).length >= 2);
    await server.reaches(orderId, 'AUTHORIZED');
    wire.fateOf = () => 'passes';
    await server.reaches(orderId, 'DECLINED');
  });

  it('is collected when it was there all along', async () => {
    const orderId = await server.request();
    const { id } = await server.reaches(orderId, 'AUTHORIZED');
    wire.fateOf = (line) => (line.endsWith('/capture') && triesOf(id) < 2 ? 'request lost' : 'passes');
    await server.hear('capture.requested', orderId);
    await server.reaches(orderId, 'CAPTURED');
    expect(wire.requests).toContainEqual({ line: `GET /v1/charges/${id}`, fate: 'passes' });
  });

  it('is looked for until the grace is over', async () => {
    await using database = await open();
    const config = { ...testConfig, provider: { ...testConfig.provider, url: wire.url } };
    await using patient = await startPayments(database, config, sandbox);
    const orderId = await patient.request();
    const { id } = await patient.reaches(orderId, 'AUTHORIZED');
    lose(id);
    await patient.hear('capture.requested', orderId);
    await until('three attempts', () => triesOf(id) >= 3);
    await patient.reaches(orderId, 'AUTHORIZED');
    expect(sandbox.charge(id)).toBeUndefined();
  });
});
