import {
  brotliCompressSync,
  brotliDecompressSync,
  deflateSync,
  gunzipSync,
  gzipSync,
  zstdCompressSync,
  zstdDecompressSync,
} from 'node:zlib';
import { rawConnection, until } from '@tributary/service-kit/testing';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../src/testing/test-gateway.ts';

const KIB = 1024;
const MIB = KIB ** 2;
const ECHO = 'query ($v: Json) { echo(value: $v) }';
const TYPENAME = JSON.stringify({ query: '{ __typename }' });

describe('compression', () => {
  let gateway: TestGateway;
  let plain: TestGateway;
  beforeAll(async () => {
    [gateway, plain] = await Promise.all([startTestGateway(), startTestGateway({ compression: { answers: false } })]);
  });
  afterAll(() => Promise.all([gateway.stop(), plain.stop()]));

  describe('of requests', () => {
    const post = (body: Buffer, encoding: string) =>
      gateway.send({
        method: 'POST',
        headers: { 'content-type': 'application/json', 'content-encoding': encoding },
        body: body as never,
      });

    it.each([
      ['gzip', gzipSync(TYPENAME)],
      ['x-gzip', gzipSync(TYPENAME)],
      ['GZIP', gzipSync(TYPENAME)],
      ['deflate', deflateSync(TYPENAME)],
      ['br', brotliCompressSync(TYPENAME)],
      ['identity', Buffer.from(TYPENAME)],
    ])('%s is read', async (encoding, body) => {
      const response = await post(body, encoding);
      expect(await response.json()).toEqual({ data: { __typename: 'Query' } });
    });

    it.each([
      ['zstd', zstdCompressSync(TYPENAME)],
      ['compress', gzipSync(TYPENAME)],
      ['gzip, gzip', gzipSync(gzipSync(TYPENAME))],
      ['__proto__', Buffer.from(TYPENAME)],
      ['toString', Buffer.from(TYPENAME)],
    ])('415 for %s, and what would be read', async (encoding, body) => {
      const response = await post(body, encoding);
      expect(response.status).toBe(415);
      expect(response.headers.get('accept-encoding')).toBe('br, deflate, gzip');
      expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'UNSUPPORTED_MEDIA_TYPE' } }] });
    });

    it.each(['gzip', 'br', 'deflate'])('400 for what is no %s, or only its beginning', async (encoding) => {
      for (const body of [Buffer.from(TYPENAME), gzipSync(TYPENAME).subarray(0, 12), Buffer.alloc(0)]) {
        expect((await post(body, encoding)).status).toBe(400);
      }
    });

    it('Body size: a body ≤256 KiB is read, a longer one has 413, in one piece, in chunks and gzipped', async () => {
      const bodyOf = (bytes: number) => Buffer.from(JSON.stringify({ query: '{ __typename }' }).padEnd(bytes));
      const chunked = (body: Buffer) =>
        gateway.send({
          ...{ method: 'POST', headers: { 'content-type': 'application/json' }, duplex: 'half' },
          body: new Blob([body as never]).stream(),
        } as RequestInit);
      const fits = bodyOf(256 * KIB);
      const isOver = bodyOf(256 * KIB + 1);
      for (const [body, status] of [
        [fits, 200],
        [isOver, 413],
      ] as const) {
        expect((await post(body, 'identity')).status).toBe(status);
        expect((await chunked(body)).status).toBe(status);
        for (const [encoding, compress] of [
          ['gzip', gzipSync],
          ['deflate', deflateSync],
          ['br', brotliCompressSync],
        ] as const) {
          expect([encoding, (await post(compress(body), encoding)).status]).toEqual([encoding, status]);
        }
      }
    });

    it('Body size: bombs of 64 MiB have 413 and are not expanded; 200 of them take no memory', async () => {
      const zeros = Buffer.alloc(64 * MIB, ' ');
      const bombs = [
        ['gzip', gzipSync(zeros)],
        ['br', brotliCompressSync(zeros, { params: { 1: 1 } })],
      ] as const;
      const before = process.memoryUsage();
      const startedMs = performance.now();
      const statuses = await Promise.all(
        Array.from({ length: 200 }, async (_, index) => {
          const [encoding, bomb] = bombs[index % 2] as (typeof bombs)[number];
          const response = await post(bomb, encoding);
          await response.arrayBuffer();
          return response.status;
        }),
      );
      const grewMib = (process.memoryUsage().rss - before.rss) / MIB;
      console.log(
        `200 bombs of ${bombs.map(([encoding, { length }]) => `${length} B ${encoding}`).join(', ')}: ` +
          `${Math.round(performance.now() - startedMs)} ms, ${Math.round(grewMib)} MiB more`,
      );
      expect(new Set(statuses)).toEqual(new Set([413]));
      // Expanded, they would be 12 800.
      expect(grewMib).toBeLessThan(256);
    });

    it('Body size: a body without an end is answered with 413, and its connection ended', async () => {
      const { socket, received, closed } = await rawConnection(Number(new URL(gateway.url).port));
      socket.write(
        'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n',
      );
      const chunk = `10000\r\n${' '.repeat(64 * KIB)}\r\n`;
      let sent = 0;
      const more = () => {
        while (!socket.destroyed && sent < 4000 && socket.write(chunk)) sent++;
      };
      socket.on('drain', more);
      more();
      await until('the answer', () => received().startsWith('HTTP/1.1 413 '));
      await closed;
      expect(sent).toBeLessThan(4000);
    });
  });

  describe('of answers', () => {
    const ask = async (from: TestGateway, acceptEncoding: string | undefined, length: number) => {
      const { statusCode, headers, body } = await request(`${from.url}/graphql`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(acceptEncoding === undefined ? {} : { 'accept-encoding': acceptEncoding }),
        },
        body: JSON.stringify({ query: ECHO, variables: { v: 'lorem ipsum '.repeat(length / 12) } }),
      });
      const bytes = Buffer.from(await body.arrayBuffer());
      return { status: statusCode, encoding: headers['content-encoding'], vary: headers.vary, bytes };
    };

    it.each([
      ['zstd', 'gzip, deflate, br, zstd', zstdDecompressSync],
      ['br', 'gzip, deflate, br', brotliDecompressSync],
      ['gzip', 'gzip, deflate', gunzipSync],
    ])('%s for who accepts %s', async (encoding, accepted, expand) => {
      const answer = await ask(gateway, accepted, 24 * KIB);
      const same = await ask(gateway, undefined, 24 * KIB);
      expect([answer.status, answer.encoding, answer.vary]).toEqual([200, encoding, 'accept-encoding']);
      expect([same.status, same.encoding]).toEqual([200, undefined]);
      expect(expand(answer.bytes).equals(same.bytes)).toBe(true);
      expect(answer.bytes.length).toBeLessThan(same.bytes.length / 20);
    });

    it('none for who does not accept it, for what is short, and where it is off', async () => {
      for (const accepted of ['identity', '*', 'gzip;q=0', 'deflate']) {
        expect((await ask(gateway, accepted, 24 * KIB)).encoding).toBeUndefined();
      }
      expect((await ask(gateway, 'gzip', KIB)).encoding).toBeUndefined();
      expect((await ask(plain, 'gzip', 24 * KIB)).encoding).toBeUndefined();
    });

    it('with errors are compressed as well', async () => {
      const query = `query ($v: Json) { refused ${Array.from({ length: 4 }, (_, i) => `a${i}: echo(value: $v)`).join(' ')} }`;
      const response = await gateway.send({
        method: 'POST',
        headers: { 'content-type': 'application/json', 'accept-encoding': 'gzip' },
        body: JSON.stringify({ query, variables: { v: 'x'.repeat(KIB) } }),
      });
      expect(response.headers.get('content-encoding')).toBe('gzip');
      expect(await response.json()).toMatchObject({ data: { a3: 'x'.repeat(KIB) }, errors: [{ path: ['refused'] }] });
    });
  });
});
