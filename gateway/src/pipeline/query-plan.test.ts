import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExplainedPlan } from '../engine/timeline.ts';
import { AUDIENCE, type FakeIssuer, ISSUER, type IssuerKey, newKey, startFakeIssuer } from '../testing/fake-issuer.ts';
import { startTestGateway, type TestGateway } from '../testing/test-gateway.ts';

interface Told {
  data: { again: unknown };
  errors?: { extensions: { code: string } }[];
  extensions?: { plan: ExplainedPlan };
}

describe('how an operation is executed', () => {
  let key: IssuerKey;
  let issuer: FakeIssuer;
  let gateway: TestGateway;
  beforeAll(async () => {
    key = await newKey('k1');
    issuer = await startFakeIssuer([key]);
    gateway = await startTestGateway({
      identity: { issuers: [{ issuer: ISSUER, audience: AUDIENCE, jwksUri: issuer.jwksUri }] },
    });
  });
  afterAll(() => Promise.all([gateway.stop(), issuer[Symbol.asyncDispose]()]));

  const ask = async (roles: string[]) => {
    const authorization = `Bearer ${await key.sign({ roles })}`;
    const response = await gateway.send({
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization, 'x-query-plan': 'true' },
      body: JSON.stringify({ query: '{ latestReviews { book { title } } again: latestReviews { book { title } } }' }),
    });
    return (await response.json()) as Told;
  };

  it('is told to an administrator who asks', async () => {
    const { data, extensions } = await ask(['admin']);
    expect(data.again).toEqual([{ book: { title: 'Ulysses' } }]);
    expect(extensions?.plan.text).toContain('Flatten(path: ".latestReviews.@.book")');
    const entry = { startMs: expect.any(Number), durationMs: expect.any(Number), bytes: expect.any(Number), errors: 0 };
    const timeline = extensions?.plan.timeline ?? [];
    expect(timeline).toEqual([
      { subgraph: 'reviews', ...entry, representations: 0, deduplicated: 0 },
      { subgraph: 'books', ...entry, representations: 1, deduplicated: 0 },
    ]);
    const [reviews, books] = timeline;
    expect(reviews?.bytes).toBeGreaterThan(40);
    expect(books?.startMs).toBeGreaterThanOrEqual(reviews?.durationMs ?? Number.POSITIVE_INFINITY);
  });

  it('is told to nobody else', async () => {
    const { errors, extensions } = await ask(['customer']);
    expect([errors?.[0]?.extensions.code, extensions]).toEqual(['FORBIDDEN', undefined]);
  });
});
