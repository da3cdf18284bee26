import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLogger, Secret } from '@tributary/service-kit';
import { until } from '@tributary/service-kit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WEBHOOK_SECRET } from '../testing/test-sandbox.ts';
import type { DueReport, ReportQueue } from './report-queue.ts';
import { createReportSender } from './report-sender.ts';

describe('the sender of webhooks', () => {
  let answer = 204;
  const merchant = createServer((_request, response) => response.writeHead(answer).end());
  let url: string;
  beforeAll(async () => {
    await once(merchant.listen(0, '127.0.0.1'), 'listening');
    url = `http://127.0.0.1:${(merchant.address() as AddressInfo).port}/webhooks`;
  });
  afterAll(() => {
    merchant.close();
    merchant.closeAllConnections();
  });

  it.each([
    ['due', 204],
    ['nextDueMs', 204],
    ['delivered', 204],
    ['postpone', 500],
  ] as const)('goes on when its table fails at "%s", and tells of it', async (failing, status) => {
    answer = status;
    const lines: string[] = [];
    let failures = 0;
    let waiting: DueReport[] = [{ id: 'report', copy: 1, body: '{}', attempts: 0 }];
    const fail = (step: string) => {
      if (step !== failing || failures > 0) return;
      failures++;
      throw new Error('database is locked');
    };
    const queue: Omit<ReportQueue, 'add'> = {
      due() {
        fail('due');
        return waiting;
      },
      nextDueMs() {
        fail('nextDueMs');
        return waiting.length === 0 ? undefined : Date.now();
      },
      delivered() {
        fail('delivered');
        waiting = [];
      },
      postpone() {
        fail('postpone');
        answer = 204;
      },
    };
    const sender = createReportSender({
      queue,
      url,
      secret: new Secret(WEBHOOK_SECRET),
      log: createLogger({ service: 'test', destination: { write: (line) => lines.push(line) } }),
    });
    await sender.start?.();
    await until('the delivery', () => failures === 1 && waiting.length === 0);
    await sender.stop?.();
    expect(lines.join()).toContain('webhooks are looked for later');
  });
});
