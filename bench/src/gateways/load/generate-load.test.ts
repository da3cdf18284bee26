import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { afterEach, describe, expect, it } from 'vitest';
import { OPERATIONS, type Operation } from '../operations.ts';
import { generateLoad, type LoadOptions } from './generate-load.ts';
import { createTokenIssuer } from './tokens.ts';

interface Asked {
  readonly headers: IncomingHttpHeaders;
  readonly body: { query: string; variables?: { stamp: number } };
}

const [heavy, , authenticated] = OPERATIONS as [Operation, Operation, Operation];
const tokens = createTokenIssuer();
const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

/** A gateway that answers as told. */
async function startGateway(answer: (asked: Asked, response: ServerResponse, number: number) => void) {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    asked.push({ headers: request.headers, body: JSON.parse(body) });
    answer(asked.at(-1) as Asked, response, asked.length);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUps.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return { asked, port: (server.address() as AddressInfo).port };
}

const load = (port: number, options: Partial<LoadOptions>) =>
  generateLoad({
    port,
    operation: heavy,
    connections: 4,
    seconds: 0.2,
    firstStamp: undefined,
    answerBytes: 0,
    privateKey: tokens.privateKey,
    ...options,
  });

describe('generateLoad', () => {
  it('asks over and over, and has a latency for each answer, however it comes', async () => {
    const text = JSON.stringify({ data: 'x'.repeat(100_000) });
    const { asked, port } = await startGateway((_asked, response, number) => {
      if (number % 2 === 0) return response.end(text);
      response.write(text.slice(0, 50_000));
      response.end(text.slice(50_000));
    });
    const { latencies, elapsedMs } = await load(port, { answerBytes: text.length });
    expect(latencies.length).toBeGreaterThan(4);
    expect(latencies).toHaveLength(asked.length);
    expect(elapsedMs).toBeGreaterThanOrEqual(200);
    expect(new Set(asked.map(({ body }) => JSON.stringify(body)))).toEqual(
      new Set([JSON.stringify({ query: heavy.query })]),
    );
  });

  it('makes every request its own where answers must be distinct', async () => {
    const { asked, port } = await startGateway(({ body }, response) =>
      response.end(`{"data":"${body.variables?.stamp}"}`),
    );
    const { latencies } = await load(port, { firstStamp: 10_000_000, answerBytes: 19 });
    const stamps = asked.map(({ body }) => body.variables?.stamp);
    expect(stamps.toSorted()).toEqual(Array.from(latencies, (_, index) => 10_000_000 + index));
  });

  it.each([
    ['another length', (response: ServerResponse) => response.end('{"data":null,"errors":[]}')],
    ['another status', (response: ServerResponse) => response.writeHead(500).end('{"data":1}')],
    ['a closed connection', (response: ServerResponse) => response.destroy()],
  ])('fails at an answer with %s', async (_what, answer) => {
    const { port } = await startGateway((_asked, response, number) =>
      number < 10 ? response.end('{"data":1}') : answer(response),
    );
    await expect(load(port, { answerBytes: 10 })).rejects.toThrow(/not the answer|closed/);
  });

  it('fails at the answer to another request', async () => {
    const { port } = await startGateway((_asked, response) => response.end('{"data":"10000000"}'));
    await expect(load(port, { firstStamp: 10_000_000, answerBytes: 19 })).rejects.toThrow('not the answer');
  });

  it('brings tokens that verify: one a connection, or one a request', async () => {
    const { asked, port } = await startGateway((_asked, response) => response.end('{}'));
    await load(port, { operation: authenticated, answerBytes: 2 });
    const keys = createLocalJWKSet(JSON.parse(tokens.keys));
    const sent = new Set(asked.map(({ headers }) => headers.authorization?.slice('Bearer '.length) ?? ''));
    expect(sent.size).toBe(4);
    const users = new Set<unknown>();
    for (const token of sent) {
      const { payload } = await jwtVerify(token, keys, { issuer: tokens.issuer, audience: tokens.audience });
      users.add(payload.sub);
    }
    expect(users.size).toBe(4);
  });
});
