import { expect, test } from 'vitest';
import { startTestHttpServer } from '../testing/test-http-server.ts';
import { until } from '../testing/until.ts';
import { DEADLINE_HEADER, deadlineSignal } from './deadline.ts';

async function startWaiting() {
  const signals: AbortSignal[] = [];
  const server = await startTestHttpServer((app) => {
    app.get('/wait', async (request, reply) => {
      const signal = deadlineSignal(request, reply);
      signals.push(signal);
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      return 'aborted';
    });
    app.get('/fast', async (request, reply) => {
      signals.push(deadlineSignal(request, reply));
      return 'done';
    });
  });
  return { ...server, signals };
}

test("is the caller's: work is aborted when its time is over", async () => {
  await using server = await startWaiting();
  const startedMs = performance.now();
  const response = await fetch(`${server.url}/wait`, { headers: { [DEADLINE_HEADER]: '60' } });
  expect(await response.text()).toBe('aborted');
  expect(performance.now() - startedMs).toBeGreaterThan(50);
});

test('a caller that goes away aborts the work', async () => {
  await using server = await startWaiting();
  const hangUp = new AbortController();
  const pending = fetch(`${server.url}/wait`, { signal: hangUp.signal });
  const signal = await until('the request', () => server.signals[0]);
  expect(signal.aborted).toBe(false);
  hangUp.abort();
  await expect(pending).rejects.toThrow();
  await until('the abort', () => signal.aborted);
});

test.each(['-5', '0', 'soon', 'NaN', '1e99'])(
  '%j is no deadline to keep, and an answered request is not aborted',
  async (value) => {
    await using server = await startWaiting();
    await (await fetch(`${server.url}/fast`, { headers: { [DEADLINE_HEADER]: value } })).text();
    await until('the end of the request', () => server.lines().length === 1);
    expect(server.signals[0]?.aborted).toBe(false);
  },
);
