import type { IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { openRawSocket, type RawSocketOptions, subscribing } from './testing/raw-socket.ts';
import { startVersionedGateways, type VersionedGateways } from './testing/versioned-gateways.ts';

describe('WebSockets of a version line', () => {
  let gateways: VersionedGateways;
  beforeAll(async () => {
    gateways = await startVersionedGateways();
  });
  afterAll(() => gateways[Symbol.asyncDispose]());

  it('are named by path, x-api-version or connection_init, and refused where the version is not there', async () => {
    await using gateway = await gateways.serve({ 1: 'retired', 2: 'ga', 3: 'ga', 4: 'preview' });
    const refused = (path: string) =>
      openRawSocket(gateway.url, { path, init: false }).then(
        () => 'opened',
        ({ message }: Error) => message,
      );
    expect(await refused('/v9/graphql')).toBe('Unexpected server response: 404');
    expect(await refused('/v1/graphql')).toBe('Unexpected server response: 410');
    const has = async (name: string, options: RawSocketOptions) => {
      using raw = await openRawSocket(gateway.url, options);
      raw.send(subscribing('1', `{ me { ${name} } }`));
      const answer = await Promise.race([raw.expect('next'), raw.expect('error')]);
      return answer.type === 'next';
    };
    expect(await has('displayName', { path: '/v2/graphql' })).toBe(true);
    expect(await has('name', { path: '/v2/graphql' })).toBe(false);
    expect(await has('displayName', { init: { 'x-api-version': '4' } })).toBe(true);
    expect(await has('displayName', { headers: { 'x-api-version': '3' } })).toBe(true);
    expect(await has('name', {})).toBe(false);
  });

  it('are told of the end of a version when they are opened, or refused', async () => {
    await using gateway = await gateways.serve({ 1: 'retired', 2: 'deprecated', 3: 'ga' });
    const headersOf = async (path: string) => {
      const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}${path}`, 'graphql-transport-ws');
      const answer = await new Promise<IncomingMessage>((resolve) =>
        socket.once('upgrade', resolve).once('unexpected-response', (_request, response) => resolve(response)),
      );
      socket.on('error', () => {}).terminate();
      return [answer.statusCode, answer.headers] as const;
    };
    const successor = { link: expect.stringContaining('</v3/graphql>; rel="successor-version"') };
    const ends = {
      deprecation: expect.stringMatching(/^@\d+$/),
      sunset: 'Wed, 30 Jun 2027 00:00:00 GMT',
      ...successor,
    };
    expect(await headersOf('/v1/graphql')).toEqual([410, expect.objectContaining(ends)]);
    expect(await headersOf('/v2/graphql')).toEqual([101, expect.objectContaining(ends)]);
    const [status, headers] = await headersOf('/v3/graphql');
    expect(status).toBe(101);
    expect(headers).not.toHaveProperty('link');
  });
});
