import { describe, expect, it } from 'vitest';
import { startTestGateway } from '../testing/test-gateway.ts';

const ALLOWED = 'https://shop.example.com';

describe('CORS', () => {
  it('lets scripts of listed sites use /graphql, without credentials', async () => {
    await using gateway = await startTestGateway({ cors: { origins: [ALLOWED] } });
    const preflight = await gateway.send({
      method: 'OPTIONS',
      headers: {
        origin: ALLOWED,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization',
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe(ALLOWED);
    expect(preflight.headers.get('access-control-allow-methods')).toBe('GET, POST');
    for (const name of ['authorization', 'last-event-id', 'x-apollo-operation-name'])
      expect(preflight.headers.get('access-control-allow-headers')).toContain(name);
    expect(preflight.headers.get('access-control-allow-credentials')).toBeNull();

    const answer = await gateway.ask('{ __typename }', { headers: { origin: ALLOWED } });
    expect(answer.headers.get('access-control-allow-origin')).toBe(ALLOWED);
    expect(answer.headers.get('access-control-expose-headers')).toContain('x-request-id');
    expect(answer.headers.get('vary')).toBe('origin');
    const refusal = await gateway.send({
      method: 'POST',
      headers: { origin: ALLOWED, 'content-type': 'text/plain' },
      body: 'x',
    });
    expect(refusal.status).toBe(415);
    expect(refusal.headers.get('access-control-allow-origin')).toBe(ALLOWED);
    const get = await gateway.send(
      { headers: { origin: ALLOWED, 'sec-fetch-site': 'cross-site' } },
      '?query=%7B__typename%7D',
    );
    expect(get.status).toBe(200);
  });

  it('gives nothing to any other site, nor on other routes', async () => {
    await using gateway = await startTestGateway({ cors: { origins: [ALLOWED] } });
    for (const origin of ['https://evil.example.com', 'null', `${ALLOWED}.evil.com`, 'http://shop.example.com']) {
      const preflight = await gateway.send({ method: 'OPTIONS', headers: { origin } });
      expect([...preflight.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
    const page = await fetch(gateway.url, { headers: { origin: ALLOWED } });
    expect(page.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('is off by default', async () => {
    await using gateway = await startTestGateway();
    const answer = await gateway.ask('{ __typename }', { headers: { origin: ALLOWED } });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    expect(answer.headers.get('vary')).toBeNull();
  });
});
