import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { checkAnswer } from './check-answers.ts';
import type { Contender } from './contenders/contender.ts';
import { CONTENDERS } from './contenders/contenders.ts';
import { createTokenIssuer } from './load/tokens.ts';
import { OPERATIONS, type Operation } from './operations.ts';

const { privateKey } = createTokenIssuer();
const light = OPERATIONS[1] as Operation;
let close = () => {};
afterEach(() => close());

/** Of a gateway that answers with these texts, and makes `subgraphRequests` for each. */
async function check(answers: { unstamped: string; stamped: string }, subgraphRequests: number) {
  let requests = 0;
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    requests += subgraphRequests;
    response.end(body.includes('"stamp":') ? answers.stamped : answers.unstamped);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  close = () => {
    server.close();
    server.closeAllConnections();
  };
  const { port } = server.address() as AddressInfo;
  return checkAnswer({ contender: CONTENDERS[0] as Contender, sharing: false, port, pid: 1 }, light, {
    supergraph: {
      sdl: '',
      expectedAnswer: (_query, { stamp }) => ({ data: stamp === undefined ? { a: 1, b: 2 } : { a: '1.5', b: 2 } }),
    },
    fixtures: {
      urls: { subgraphs: { accounts: '', inventory: '', products: '', reviews: '' }, counts: '', jwks: '' },
      pid: process.pid,
      counts: async () => ({ requests, bytes: requests * 100 }),
      cpuMs: () => 0,
    },
    privateKey,
    stamps: [1, 2],
  });
}

const unstamped = '{"data":{"a":1,"b":2}}';
const stamped = '{"data":{"b":2,"a":"1.5"}}';

describe('checkAnswer', () => {
  it('counts what one operation takes, whatever the order of keys', async () => {
    expect(await check({ unstamped, stamped }, 16)).toEqual({
      bytes: unstamped.length,
      stampedBytes: stamped.length,
      subgraphRequests: 16,
      subgraphBytes: 1600,
    });
  });

  it.each([
    ['without a stamp', { unstamped: '{"data":{"a":1,"b":3}}', stamped }],
    ['with a stamp', { unstamped, stamped: unstamped }],
    ['with an error beside it', { unstamped: '{"data":{"a":1,"b":2},"errors":[]}', stamped }],
  ])('refuses another answer %s', async (_what, answers) => {
    await expect(check(answers, 1)).rejects.toThrow('stock answers light wrongly');
  });
});
