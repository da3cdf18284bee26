import type { IncomingHttpHeaders } from 'node:http';
import { createServiceIdentityVerifier, generateServiceKeyPair } from '@tributary/service-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../src/testing/test-gateway.ts';

const CANARY = 'spoofed-by-a-client';
/** What services, proxies and meshes read an identity, an address or a decision from. */
const SPOOFED = Object.fromEntries(
  [
    ...['x-user-id', 'x-user-roles', 'x-user-email', 'x-forwarded-client-cert', 'x-forwarded-for', 'x-forwarded-host'],
    ...['x-forwarded-user', 'x-auth-request-user', 'x-remote-user', 'remote-user', 'x-real-ip', 'forwarded'],
    ...['client-cert', 'x-client-cert', 'ssl-client-cert', 'x-ssl-client-verify', 'x-envoy-external-address'],
    ...['x-amzn-oidc-identity', 'x-goog-authenticated-user-email', 'x-authenticated-scope', 'x-ms-client-principal'],
    ...['x-deadline-ms', 'cookie', 'proxy-authorization'],
  ].map((name) => [name, CANARY]),
);

const KNOWN = new Set([
  ...['accept', 'authorization', 'connection', 'content-length', 'content-type', 'host'],
  ...['baggage', 'traceparent', 'x-deadline-ms', 'x-request-id'],
]);

describe('Direct call to a subgraph, spoofed headers', () => {
  let gateway: TestGateway;
  let verify: (authorization: string | undefined) => Promise<unknown>;
  beforeAll(async () => {
    const keys = await generateServiceKeyPair('gateway');
    gateway = await startTestGateway({
      identity: { key: JSON.stringify(keys.privateKey) },
      passthrough: [{ path: '/open', service: 'books' }],
    });
    const verifier = createServiceIdentityVerifier('books', { gateway: keys.publicKeys });
    verify = (authorization) => verifier.verify(authorization);
  });
  afterAll(() => gateway.stop());

  it('reach no subgraph with a query: it hears of the user from the gateway’s signature alone', async () => {
    await gateway.ask('{ books { title } }', { headers: SPOOFED });
    const headers: IncomingHttpHeaders = gateway.books.requests.at(-1)?.headers ?? {};
    expect(JSON.stringify(headers)).not.toContain(CANARY);
    expect(await verify(headers.authorization)).toEqual({ kind: 'anonymous' });
    expect(Object.keys(headers).filter((name) => !KNOWN.has(name))).toEqual([]);
  });

  it('are taken off a passthrough as far as they tell who somebody is', async () => {
    let seen: object | undefined;
    gateway.books.answerOthersWith((request, response) => {
      seen = request.headers;
      response.end();
    });
    const { 'x-query-plan-hash': harmless, ...identities } = SPOOFED;
    expect((await fetch(`${gateway.url}/open`, { headers: { ...identities, 'x-signature': 'kept' } })).status).toBe(
      200,
    );
    expect(seen).toHaveProperty('x-signature', 'kept');
    expect(Object.entries(seen ?? {}).filter(([, value]) => value === CANARY)).toEqual([]);
  });
});
