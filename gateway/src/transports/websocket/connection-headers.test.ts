import { describe, expect, it } from 'vitest';
import { headersOfOpening, withConnectionParams } from './connection-headers.ts';

describe('what operations on a WebSocket have for headers', () => {
  it('is of its opening what they need, and nothing else of it', () => {
    const headers = headersOfOpening(
      {
        authorization: 'Bearer a',
        canary: 'true',
        'user-agent': 'x',
        cookie: 'access=b',
        'x-forwarded-for': '192.0.2.1',
      },
      'access',
    );
    expect(headers).toEqual({ authorization: 'Bearer a', canary: 'true' });
  });

  it('is a token of a cookie only where a browser has said whose script opens it', () => {
    const cookie = 'other=1; access=b';
    expect(headersOfOpening({ cookie, origin: 'https://shop.example.com' }, 'access')).toEqual({
      authorization: 'Bearer b',
    });
    expect(headersOfOpening({ cookie }, 'access')).toEqual({});
    expect(headersOfOpening({ cookie, origin: 'https://shop.example.com' }, undefined)).toEqual({});
  });

  it('is what connection_init says in place of that, in any case, at its top before what stands in headers', () => {
    const opening = { authorization: 'Bearer a', canary: 'true' };
    expect(withConnectionParams(opening, undefined)).toBe(opening);
    expect(
      withConnectionParams(opening, {
        Authorization: 'Bearer c',
        headers: { AUTHORIZATION: 'Bearer b', 'X-API-Version': '2', 'x-forwarded-for': '192.0.2.1' },
      }),
    ).toEqual({ authorization: 'Bearer c', canary: 'true', 'x-api-version': '2' });
    const odd = { authorization: 7, headers: 'no', canary: 'x'.repeat(300), __proto__: { admin: 'true' } };
    expect(withConnectionParams(opening, odd as never)).toEqual(opening);
  });
});
