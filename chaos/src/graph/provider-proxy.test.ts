import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { freePorts } from '../../../scripts/testing/free-ports.ts';
import { asksProvider, POSITIONS, type StepName, stepName } from '../steps/step-name.ts';
import { startProviderProxy } from './provider-proxy.ts';

const CAPTURE = asksProvider('capture');

describe('the proxy before the provider', () => {
  const asked: string[] = [];
  const passed: [StepName, string][] = [];
  let armed: StepName | undefined;
  let url = '';
  let close = () => {};

  beforeAll(async () => {
    const provider = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.end('{"done":true}');
    }).listen(0, '127.0.0.1');
    await once(provider, 'listening');
    const [port = 0] = await freePorts(1);
    const proxy = await startProviderProxy({
      port,
      providerPort: (provider.address() as AddressInfo).port,
      pass(step, about) {
        passed.push([step, about]);
        return step === armed;
      },
    });
    url = `http://127.0.0.1:${port}`;
    close = () => {
      proxy.close();
      provider.close();
    };
  });
  beforeEach(() => {
    asked.length = 0;
    passed.length = 0;
    armed = undefined;
  });
  afterAll(() => close());

  const capture = () => fetch(`${url}/v1/charges/p1/capture`, { method: 'POST', body: '{}' });

  it('passes calls on, and says which they are and about what', async () => {
    expect(await (await capture()).json()).toEqual({ done: true });
    const refund = { method: 'POST', headers: { 'idempotency-key': 'r1' }, body: '{"chargeKey":"p2"}' };
    await fetch(`${url}/v1/refunds`, refund);
    await fetch(`${url}/v1/charges`, { method: 'POST', headers: { 'idempotency-key': 'p3' }, body: '{}' });
    expect(passed.filter(([step]) => step.endsWith(POSITIONS.afterProvider))).toEqual([
      [stepName(CAPTURE, POSITIONS.afterProvider), 'payment:p1'],
      [stepName(asksProvider('refund'), POSITIONS.afterProvider), 'payment:p2'],
      [stepName(asksProvider('authorize'), POSITIONS.afterProvider), 'payment:p3'],
    ]);
  });

  it('lets a killed caller ask nothing', async () => {
    armed = stepName(CAPTURE, POSITIONS.beforeProvider);
    await expect(capture()).rejects.toThrow();
    expect(asked).toEqual([]);
  });

  it('lets the provider act and its answer be lost', async () => {
    armed = stepName(CAPTURE, POSITIONS.afterProvider);
    await expect(capture()).rejects.toThrow();
    expect(asked).toEqual(['POST /v1/charges/p1/capture']);
  });
});
