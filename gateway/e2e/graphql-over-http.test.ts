import { auditServer } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../src/testing/test-gateway.ts';

describe('JSON, UTF-8, media type', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway();
  });
  afterAll(() => gateway.stop());

  const post = (body: string | Buffer, headers: Record<string, string> = {}) =>
    gateway.send({
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: body as never,
    });
  const codeOf = async (response: Response) =>
    ((await response.json()) as { errors: { extensions: { code: string } }[] }).errors[0]?.extensions.code;

  it('the graphql-http audit finds no MUST failure, and no other one', async () => {
    // Some of its audits ask `__type`.
    await using open = await startTestGateway({ introspection: true });
    const results = await auditServer({ url: `${open.url}/graphql` });
    const failed = results
      .filter(({ status }) => status !== 'ok')
      .map(({ id, name, status }) => `${status} ${id} ${name}`);
    const of = (level: string) => results.filter(({ name }) => name.startsWith(level)).length;
    console.log(
      `graphql-http audit: ${of('MUST')} MUST, ${of('SHOULD')} SHOULD, ${of('MAY')} MAY; failed: ${failed.length}`,
    );
    expect(of('MUST')).toBeGreaterThan(10);
    expect(failed).toEqual([]);
  });

  it.each([
    ['a byte order mark', Buffer.from('\ufeff{"query":"{__typename}"}')],
    [
      'half of a character',
      Buffer.from([...Buffer.from('{"query":"{__typename} #'), 0xe2, 0x82, ...Buffer.from('"}')]),
    ],
    ['an overlong slash', Buffer.from([...Buffer.from('{"query":"{__typename} #'), 0xc0, 0xaf, ...Buffer.from('"}')])],
    ['a surrogate', Buffer.from([...Buffer.from('{"query":"{__typename} #'), 0xed, 0xa0, 0x80, ...Buffer.from('"}')])],
    ['UTF-16', Buffer.from('{"query":"{__typename}"}', 'utf16le')],
    ['JSON5', "{query:'{__typename}'}"],
    ['two values', '{"query":"{__typename}"}{"query":"{__typename}"}'],
    ['a number that is none', '{"query":"{__typename}","variables":{"a":NaN}}'],
    ['a bare control character', '{"query":"{__typename\u0001}"}'],
  ])('400 for %s', async (_what, body) => {
    const response = await post(body);
    expect(response.status).toBe(400);
    expect(await codeOf(response)).toBe('BAD_REQUEST');
  });

  it.each(['utf-16', 'iso-8859-1', 'utf-7', 'windows-1252', '"utf-8', '', 'utf-8, utf-16'])(
    '415 for the charset %j, whatever else stands there',
    async (charset) => {
      for (const type of [
        `application/json; charset=${charset}`,
        `application/json; profile="x"; charset=${charset}`,
      ]) {
        const response = await post('{"query":"{__typename}"}', { 'content-type': type });
        expect([type, response.status]).toEqual([type, 415]);
        expect(await codeOf(response)).toBe('UNSUPPORTED_MEDIA_TYPE');
      }
    },
  );
});
