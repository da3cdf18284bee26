import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readMetrics, until } from '@tributary/service-kit/testing';
import { expect } from 'vitest';
import { AUDIENCE, ISSUER, newKey, startFakeIssuer } from '../../src/testing/fake-issuer.ts';
import { startTestGateway, type TestGateway } from '../../src/testing/test-gateway.ts';
import { FakeSubscriptions } from './fake-subscriptions.ts';

/** Every line of a request has these, whatever way it came by. */
export const always = {
  ...{ time: expect.any(String), level: 'info', service: 'gateway', message: 'request' },
  ...{ trace_id: expect.stringMatching(/^[\da-f]{32}$/), span_id: expect.any(String), request_id: expect.any(String) },
  ...{ method: 'POST', route: '/graphql', status: '200', client: 'unknown' },
  ...{ transport: 'http', outcome: 'success', errors: 0, duration_ms: expect.any(Number) },
};

export const query = (operation: string) => ({ operation, operation_type: 'query' });

// biome-ignore lint/suspicious/noExplicitAny: a test reads lines of many shapes
type Line = any;

export interface LoggedGateway extends AsyncDisposable {
  readonly gateway: TestGateway;
  readonly source: FakeSubscriptions;
  /** Of a request whose lines are to be found. */
  newId(): string;
  /** Those of a request, once there are so many. Default 1. */
  linesOf(requestId: string, count?: number): Promise<Line[]>;
  /** What lines were written meanwhile, once there are so many. */
  linesWhile(work: () => Promise<unknown>, count: number): Promise<Line[]>;
  /** By GET, in `http_requests_total`. */
  requestsCounted(route: string, status: string): Promise<number | undefined>;
}

/** A gateway with tokens, batches, routes of REST and subscriptions, whose lines are read. */
export async function startLoggedGateway(): Promise<LoggedGateway> {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-lines-'));
  const source = new FakeSubscriptions();
  writeFileSync(join(folder, 'openapi.yaml'), 'title: Library\n');
  writeFileSync(
    join(folder, 'get-book.graphql'),
    'query GetBook($isbn: ID!) @rest(path: "/books/{isbn}", result: "book") { book(isbn: $isbn) { title } }',
  );
  writeFileSync(
    join(folder, 'get-rated.graphql'),
    'query GetRated($isbn: ID!) @rest(path: "/rated/{isbn}", result: "book") { book(isbn: $isbn) { title rating } }',
  );
  writeFileSync(
    join(folder, 'get-taken.graphql'),
    'query GetTaken @rest(path: "/taken", result: "books", errors: "books") { books { __typename title } }',
  );
  const issuer = await startFakeIssuer([await newKey('k1')]);
  const gateway = await startTestGateway(
    {
      identity: { issuers: [{ issuer: ISSUER, audience: AUDIENCE, jwksUri: issuer.jwksUri }] },
      batching: { enabled: true },
      cost: { mode: 'off' },
      rest: { documents: folder },
      subscriptions: { perConnection: 1 },
    },
    { subscriptions: source },
  );
  let asked = 0;
  const lines = () => gateway.logLines.map((text): Line => JSON.parse(text));
  return {
    ...{ gateway, source },
    newId: () => `line-${asked++}`,
    linesOf: (requestId, count = 1) =>
      until(`${count} lines of ${requestId}`, () => {
        const found = lines().filter(({ request_id }) => request_id === requestId);
        return found.length >= count ? found : undefined;
      }),
    async linesWhile(work, count) {
      const before = gateway.logLines.length;
      await work();
      await until(`${count} lines`, () => gateway.logLines.length >= before + count || undefined);
      return lines().slice(before);
    },
    async requestsCounted(route, status) {
      const metrics = readMetrics(await (await fetch(`${gateway.adminUrl}/metrics`)).text(), 'text');
      const samples = metrics.get('http_requests_total')?.samples ?? [];
      const isMeant = (labels: Readonly<Record<string, string>>) =>
        labels.method === 'GET' && labels.route === route && labels.status === status;
      return samples.find(({ labels }) => isMeant(labels))?.value;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([gateway.stop(), issuer[Symbol.asyncDispose]()]);
      rmSync(folder, { recursive: true });
    },
  };
}
