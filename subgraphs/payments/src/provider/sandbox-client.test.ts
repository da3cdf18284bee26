import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { errorFields, Secret } from '@tributary/service-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSandboxProvider } from './sandbox-provider.ts';

const KEY = 'a-key';
const json = (value: unknown) => (response: ServerResponse) =>
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
const status =
  (code: number, headers = {}) =>
  (response: ServerResponse) =>
    response
      .writeHead(code, headers)
      .end(JSON.stringify({ charge: { key: KEY, status: 'CAPTURED' }, canary: 'canary' }));

describe('what is not a clear answer of the provider', () => {
  let answer: (response: ServerResponse) => unknown;
  let asked = 0;
  const server = createServer((_request, response) => {
    asked++;
    answer(response);
  });
  let url: string;
  beforeAll(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });

  it.each<[string, typeof answer]>([
    ['a redirect', (response) => status(302, { location: `${url}/elsewhere` })(response)],
    ['a permanent redirect', (response) => status(308, { location: `${url}/elsewhere` })(response)],
    ['202', status(202)],
    ['401', status(401)],
    ['404', status(404)],
    ['409', status(409)],
    ['500', status(500)],
    ['503', status(503)],
    ['no JSON', (response) => response.end('<html>canary')],
    ['half of an answer', (response) => response.writeHead(200, { 'content-length': 100 }).end('{"charge":')],
    ['another shape', json({ charge: 'canary' })],
    ['a status that is unknown', json({ charge: { key: KEY, status: 'SETTLED' } })],
    ['a decline without a reason', json({ charge: { key: KEY, status: 'DECLINED' } })],
    ['one about another charge', json({ charge: { key: 'another', status: 'CAPTURED' } })],
    ['none at all', json({ charge: null })],
    ['one without an end', (response) => response.writeHead(200).write('{')],
    ['silence', () => undefined],
    ['a hang-up', (response) => response.destroy()],
    ['one of 10 MiB', (response) => response.end(JSON.stringify({ charge: 'x'.repeat(10 * 1024 ** 2) }))],
  ])('is an error: %s', async (_what, how) => {
    answer = how;
    asked = 0;
    const provider = createSandboxProvider({ url, apiKey: new Secret('canary') });
    const error = await provider.capture(KEY, AbortSignal.timeout(300)).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(Error);
    expect(JSON.stringify([String(error), errorFields(error)])).not.toContain('canary');
    expect(asked).toBe(1);
  });

  it('but a charge that it has never heard of is one', async () => {
    answer = json({ charge: null });
    const provider = createSandboxProvider({ url: `${url}/`, apiKey: new Secret('canary') });
    expect(await provider.find(KEY, AbortSignal.timeout(1000))).toBeUndefined();
  });
});
