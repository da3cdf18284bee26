// The rows "JWT" and "JWKS rotation" of the table of threats; what good tokens give is in src/identity.
import {
  createLogger,
  createMetrics,
  createServiceIdentityVerifier,
  generateServiceKeyPair,
} from '@tributary/service-kit';
import { until } from '@tributary/service-kit/testing';
import { exportSPKI, importJWK, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { gatewayConfig } from '../src/config/gateway-config.ts';
import { createAccessTokenVerifier } from '../src/identity/access-token-verifier.ts';
import {
  AUDIENCE,
  type FakeIssuer,
  ISSUER,
  type IssuerKey,
  newKey,
  signToken,
  startFakeIssuer,
  USER_ID,
} from '../src/testing/fake-issuer.ts';
import { startTestGateway, type TestGateway } from '../src/testing/test-gateway.ts';

const now = () => Math.floor(Date.now() / 1000);
const MINUTE = 60_000;
const PARTNER = { issuer: 'https://partner.example.com', audience: 'partners' };
/** What the gateway's clock may differ from an issuer's. */
const MAX_SKEW_SECONDS = 60;

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Another header, or other claims, before the signature of a good token. */
async function forged(key: IssuerKey, change: { header?: object; claims?: object }): Promise<string> {
  const [header = '', claims = '', signature] = (await key.sign()).split('.');
  const decoded = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString());
  return [
    encoded({ ...decoded(header), ...change.header }),
    encoded({ ...decoded(claims), ...change.claims }),
    signature,
  ].join('.');
}

const askWith = (gateway: TestGateway, token: string) =>
  gateway.ask('{ books { title } }', { headers: { authorization: `Bearer ${token}` } });

/** A verifier by a clock that only the test moves; each token is another one, as good ones are remembered. */
function verifierOf(jwksUri: string) {
  let nowMs = 0;
  const config = gatewayConfig.parse({ identity: { issuers: [{ issuer: ISSUER, audience: AUDIENCE, jwksUri }] } });
  const verifier = createAccessTokenVerifier(config.identity.issuers, {
    log: createLogger({ service: 'test', level: 'silent' }),
    metrics: createMetrics({ service: 'test', processMetrics: false }),
    now: () => nowMs,
  });
  let tokens = 0;
  const takes = (token: string) =>
    verifier.verify(`Bearer ${token}`).then(
      ({ kind }) => kind === 'user',
      () => false,
    );
  return {
    pass: (ms: number) => {
      nowMs += ms;
    },
    takes,
    accepts: async (key: IssuerKey) => takes(await key.sign({ jti: String(tokens++) })),
  };
}

describe('JWT (RFC 8725): all 401, no outgoing request', () => {
  let key: IssuerKey;
  let attacker: IssuerKey;
  let issuer: FakeIssuer;
  /** Who a header's URL names. */
  let elsewhere: FakeIssuer;
  let gateway: TestGateway;
  beforeAll(async () => {
    [key, attacker] = await Promise.all([newKey('k1'), newKey('k1')]);
    [issuer, elsewhere] = await Promise.all([startFakeIssuer([key]), startFakeIssuer([attacker])]);
    gateway = await startTestGateway({
      identity: { issuers: [{ issuer: ISSUER, audience: AUDIENCE, jwksUri: issuer.jwksUri }] },
    });
    // From here on a request to the issuer is one that a bad token has caused.
    expect((await askWith(gateway, await key.sign())).status).toBe(200);
  });
  afterAll(async () => {
    await Promise.all([gateway.stop(), issuer[Symbol.asyncDispose](), elsewhere[Symbol.asyncDispose]()]);
  });

  const bySecret = (secret: string | Uint8Array, alg: string) =>
    signToken(Buffer.from(secret), { alg, kid: 'k1', typ: 'at+jwt' });
  const publicPem = async () => exportSPKI((await importJWK(key.publicJwk, 'ES256', { extractable: true })) as never);

  it.each<[string, string, () => Promise<string> | string]>([
    [
      '`none`, not signed',
      'TOKEN_INVALID',
      () => new UnsecuredJWT({ sub: USER_ID }).setIssuer(ISSUER).setAudience(AUDIENCE).setExpirationTime('5m').encode(),
    ],
    ['`none`, with a signature', 'TOKEN_INVALID', () => forged(key, { header: { alg: 'none' } })],
    ['`NONE` in capitals', 'TOKEN_INVALID', () => forged(key, { header: { alg: 'NONE' } })],
    ['HS256 signed with the public key, as PEM', 'TOKEN_INVALID', async () => bySecret(await publicPem(), 'HS256')],
    [
      'HS512 signed with the public key, as JWK',
      'TOKEN_INVALID',
      () => bySecret(JSON.stringify(key.publicJwk), 'HS512'),
    ],
    ['HS256 signed with the public key’s x', 'TOKEN_INVALID', () => bySecret(`${key.publicJwk.x}`, 'HS256')],
    ['an algorithm that is not pinned', 'TOKEN_INVALID', async () => (await newKey('k1', 'RS256')).sign()],
    ['expired', 'TOKEN_EXPIRED', () => key.sign({ exp: now() - MAX_SKEW_SECONDS })],
    ['not yet valid', 'TOKEN_INVALID', () => key.sign({ nbf: now() + MAX_SKEW_SECONDS })],
    ['without an end', 'TOKEN_INVALID', () => key.sign({ exp: undefined as never })],
    ['an end that is a text', 'TOKEN_INVALID', () => key.sign({ exp: '9999999999' as never })],
    ['wrong `iss`', 'TOKEN_INVALID', () => key.sign({ iss: 'https://evil.example.com' })],
    ['`iss` with a slash more', 'TOKEN_INVALID', () => key.sign({ iss: `${ISSUER}/` })],
    ['`iss` that is a list', 'TOKEN_INVALID', () => key.sign({ iss: [ISSUER] as never })],
    ['`iss` __proto__', 'TOKEN_INVALID', () => key.sign({ iss: '__proto__' })],
    ['no `iss`', 'TOKEN_INVALID', () => key.sign({ iss: undefined as never })],
    ['wrong `aud`', 'TOKEN_INVALID', () => key.sign({ aud: 'other' })],
    ['no `aud`', 'TOKEN_INVALID', () => key.sign({ aud: undefined as never })],
    ['nobody’s', 'TOKEN_INVALID', () => key.sign({ sub: undefined as never })],
    ['of an empty subject', 'TOKEN_INVALID', () => key.sign({ sub: '' })],
    ['of another type', 'TOKEN_INVALID', () => key.sign({}, { typ: 'tributary-identity+jwt' })],
    ['an ID token', 'TOKEN_INVALID', () => key.sign({}, { typ: 'id_token+jwt' })],
    ['`kid` traversal', 'TOKEN_INVALID', () => attacker.sign({}, { kid: '../../../../dev/null' })],
    [
      '`kid` traversal, with an empty secret',
      'TOKEN_INVALID',
      () => forged(key, { header: { alg: 'HS256', kid: '/dev/null' } }),
    ],
    ['`kid` that is an address', 'TOKEN_INVALID', () => attacker.sign({}, { kid: elsewhere.jwksUri })],
    ['`kid` that is SQL', 'TOKEN_INVALID', () => attacker.sign({}, { kid: "k' UNION SELECT 'key" })],
    ['an unknown `kid`', 'TOKEN_INVALID', () => key.sign({}, { kid: 'unknown' })],
    ['somebody else’s under the same `kid`', 'TOKEN_INVALID', () => attacker.sign()],
    ['`jku`', 'TOKEN_INVALID', () => attacker.sign({}, { jku: elsewhere.jwksUri })],
    ['`jku` with a `kid` of its own', 'TOKEN_INVALID', () => attacker.sign({}, { jku: elsewhere.jwksUri, kid: 'k2' })],
    ['`x5u`', 'TOKEN_INVALID', () => attacker.sign({}, { x5u: elsewhere.jwksUri })],
    ['`jwk`', 'TOKEN_INVALID', () => attacker.sign({}, { jwk: attacker.publicJwk })],
    ['`crit`, of what nobody understands', 'TOKEN_INVALID', () => forged(key, { header: { crit: ['x'], x: 1 } })],
    ['`crit`, of a claim', 'TOKEN_INVALID', () => forged(key, { header: { crit: ['exp'], exp: 1 } })],
    ['`crit`, empty', 'TOKEN_INVALID', () => forged(key, { header: { crit: [] } })],
    ['changed claims', 'TOKEN_INVALID', () => forged(key, { claims: { roles: ['admin'] } })],
    ['none', 'TOKEN_INVALID', () => 'abc'],
    ['three empty parts', 'TOKEN_INVALID', () => '..'],
    ['10 KB', 'TOKEN_INVALID', () => key.sign({ padding: 'x'.repeat(10_000) })],
  ])('%s', async (_what, code, token) => {
    const asked = gateway.books.requests.length;
    const answer = await askWith(gateway, await token());
    expect(answer.status).toBe(401);
    expect(answer.errors).toMatchObject([{ extensions: { code } }]);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
    expect(gateway.books.requests).toHaveLength(asked);
    expect(elsewhere.fetches()).toBe(0);
    expect(issuer.fetches()).toBe(1);
  });

  it('skew ≤60 s: clocks may differ by a few seconds, either way', async () => {
    expect((await askWith(gateway, await key.sign({ exp: now() - 5 }))).status).toBe(200);
    expect((await askWith(gateway, await key.sign({ nbf: now() + 5 }))).status).toBe(200);
  });

  it('algorithms pinned: a key that says another one is not used for it', async () => {
    const mislabelled = { ...attacker.publicJwk, kid: 'hs', alg: 'HS256' };
    await using odd = await startFakeIssuer([{ ...attacker, publicJwk: mislabelled }]);
    const { takes } = verifierOf(odd.jwksUri);
    const bySecret = { alg: 'HS256', kid: 'hs', typ: 'at+jwt' };
    expect(await takes(await attacker.sign({}, { kid: 'hs' }))).toBe(false);
    expect(await takes(await signToken(Buffer.from(`${attacker.publicJwk.x}`), bySecret))).toBe(false);
    expect(odd.fetches()).toBeGreaterThan(0);
  });

  it('several issuers: each has its own keys, audience and algorithms, and vouches for nobody else’s', async () => {
    const partner = await newKey('k1', 'RS256');
    await using partners = await startFakeIssuer([partner]);
    await using shared = await startTestGateway({
      identity: {
        issuers: [
          { issuer: ISSUER, audience: AUDIENCE, jwksUri: issuer.jwksUri, userIdPrefix: '' },
          { ...PARTNER, jwksUri: partners.jwksUri, algorithms: ['RS256'], userIdPrefix: 'partner:' },
        ],
      },
    });
    const asPartner = { iss: PARTNER.issuer, aud: PARTNER.audience };
    const statuses = async (tokens: Promise<string>[]) =>
      Promise.all(tokens.map(async (token) => (await askWith(shared, await token)).status));
    expect(await statuses([key.sign(), partner.sign(asPartner)])).toEqual([200, 200]);
    expect(
      await statuses([
        partner.sign(),
        key.sign(asPartner),
        partner.sign({ ...asPartner, aud: AUDIENCE }),
        key.sign({ aud: 'partners' }),
        partner.sign({ ...asPartner, iss: ISSUER }),
      ]),
    ).toEqual([401, 401, 401, 401, 401]);
    partners.publish(undefined);
    expect(await statuses([key.sign({ jti: '2' }), partner.sign({ ...asPartner, jti: '2' })])).toEqual([200, 200]);
  });
});

describe('Several issuers', () => {
  type IssuerInput = NonNullable<NonNullable<z.input<typeof gatewayConfig>['identity']>['issuers']>[number];
  const asPartner = { iss: PARTNER.issuer, aud: PARTNER.audience };
  let own: IssuerKey;
  let partner: IssuerKey;
  let owners: FakeIssuer;
  let partners: FakeIssuer;
  beforeAll(async () => {
    [own, partner] = await Promise.all([newKey('own'), newKey('partner')]);
    [owners, partners] = await Promise.all([startFakeIssuer([own]), startFakeIssuer([partner])]);
  });
  afterAll(() => Promise.all([owners[Symbol.asyncDispose](), partners[Symbol.asyncDispose]()]));

  const issuersOf = (ownIs: Partial<IssuerInput>, partnerIs: Partial<IssuerInput>): IssuerInput[] => [
    { issuer: ISSUER, audience: AUDIENCE, jwksUri: owners.jwksUri, ...ownIs },
    { ...PARTNER, jwksUri: partners.jwksUri, ...partnerIs },
  ];
  /** Who subgraphs are told that asks. */
  async function startVouching(issuers: IssuerInput[], sharing = {}) {
    const keys = await generateServiceKeyPair('gateway');
    const gateway = await startTestGateway({ identity: { key: keys.privateKey, issuers }, sharing });
    const subgraph = createServiceIdentityVerifier('books', { gateway: keys.publicKeys });
    const identityOf = async (token: string) => {
      const { status } = await askWith(gateway, token);
      return status === 200 ? subgraph.verify(gateway.books.requests.at(-1)?.headers.authorization) : status;
    };
    return { gateway, identityOf };
  }

  it('one that signs another one’s `sub`, or `admin`, vouches for a user of its own without a role', async () => {
    const { gateway, identityOf } = await startVouching(issuersOf({ userIdPrefix: '' }, { userIdPrefix: 'partner:' }));
    await using _gateway = gateway;
    const roles = ['customer', 'admin'];
    expect(await identityOf(await own.sign({ roles }))).toEqual({ kind: 'user', userId: USER_ID, roles });
    expect(await identityOf(await partner.sign({ ...asPartner, roles }))).toEqual({
      ...{ kind: 'user', userId: `partner:${USER_ID}`, roles: [] },
    });
    // Neither does the graph's own issuer name users of the partner.
    expect(await identityOf(await own.sign({ sub: `partner:${USER_ID}` }))).toBe(401);
    const explained = await gateway.ask('{ books { title } }', {
      headers: { authorization: `Bearer ${await partner.sign({ ...asPartner, roles })}`, 'x-query-plan': 'true' },
    });
    expect(explained.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  });

  it('queries of two users who are called the same share nothing', async () => {
    const issuers = issuersOf({ userIdPrefix: '' }, { userIdPrefix: 'partner:', allowedRoles: ['customer'] });
    const { gateway } = await startVouching(issuers, { inbound: true, subgraph: true });
    await using _gateway = gateway;
    const waiting: (() => void)[] = [];
    gateway.books.answerWith((_request, response) => {
      const headers = { 'content-type': 'application/json' };
      waiting.push(() => response.writeHead(200, headers).end('{"data":{"books":[{"title":"Emma"}]}}'));
    });
    const answers = Promise.all(
      [own.sign(), partner.sign(asPartner)].map(async (token) => askWith(gateway, await token)),
    );
    await until('both are asked for', () => waiting.length === 2);
    for (const answer of waiting) answer();
    expect((await answers).map(({ status }) => status)).toEqual([200, 200]);
  });

  it.each<[string, Partial<IssuerInput>, string[], string[] | undefined]>([
    ['all roles and scopes, without a prefix', { userIdPrefix: '' }, ['customer', 'admin'], ['read:ledger', 'write']],
    ['none, with one', { userIdPrefix: 'p' }, [], undefined],
    [
      'those that are listed, with one',
      { userIdPrefix: 'p', allowedRoles: ['customer'], allowedScopes: ['write', 'other'] },
      ['customer'],
      ['write'],
    ],
    ['those that are listed, without', { userIdPrefix: '', allowedRoles: [], allowedScopes: [] }, [], undefined],
  ])('an issuer gives %s', async (_what, partnerIs, roles, scopes) => {
    const config = gatewayConfig.parse({ identity: { issuers: issuersOf({ userIdPrefix: '' }, partnerIs) } });
    const verifier = createAccessTokenVerifier(config.identity.issuers, {
      log: createLogger({ service: 'test', level: 'silent' }),
      metrics: createMetrics({ service: 'test', processMetrics: false }),
    });
    const claims = { ...asPartner, roles: ['admin', 'customer'], scope: 'read:ledger write' };
    expect(await verifier.verify(`Bearer ${await partner.sign(claims)}`)).toEqual({
      ...{ kind: 'user', userId: `${partnerIs.userIdPrefix}${USER_ID}`, roles },
      ...(scopes && { scopes }),
    });
  });

  it('has, behind the first, users of its own where the configuration does not say whose they are', async () => {
    const { gateway, identityOf } = await startVouching(issuersOf({}, {}));
    await using _gateway = gateway;
    expect(await identityOf(await own.sign())).toMatchObject({ userId: USER_ID });
    expect(await identityOf(await partner.sign({ ...asPartner, roles: ['admin'] }))).toEqual({
      ...{ kind: 'user', userId: `${PARTNER.issuer}#${USER_ID}`, roles: [] },
    });
    expect(await identityOf(await own.sign({ sub: `${PARTNER.issuer}#${USER_ID}` }))).toBe(401);
  });

  it('is named once', () => {
    const issuers = issuersOf({}, { issuer: ISSUER });
    expect(gatewayConfig.safeParse({ identity: { issuers } }).error?.issues).toMatchObject([
      { path: ['identity', 'issuers'], message: 'expected each issuer once' },
    ]);
  });
});

describe('JWKS rotation', () => {
  it('no valid token fails across an overlap', async () => {
    const [old, next] = await Promise.all([newKey('old'), newKey('next')]);
    await using issuer = await startFakeIssuer([old]);
    const { pass, accepts } = verifierOf(issuer.jwksUri);
    let failed = 0;
    const minutes = async (count: number, keys: readonly IssuerKey[]) => {
      for (let minute = 0; minute < count; minute++) {
        for (const ok of await Promise.all(keys.map(accepts))) if (!ok) failed++;
        pass(MINUTE);
      }
    };
    await minutes(20, [old]);
    issuer.publish([old, next]);
    // It signs at once, before the old set is old: then it is an unknown key id, and asked for.
    await minutes(20, [old, next]);
    issuer.publish([next]);
    await minutes(20, [next]);
    await until('the old key to be forgotten', async () => !(await accepts(old)));
    expect(failed).toBe(0);
    // Every five minutes, and once for the new key.
    expect(issuer.fetches()).toBeLessThanOrEqual(14);
  });

  it('1000 unknown kids cause at most one fetch in 30 s', async () => {
    const key = await newKey('k');
    await using issuer = await startFakeIssuer([key]);
    const { takes, accepts, pass } = verifierOf(issuer.jwksUri);
    const strange = await Promise.all(
      Array.from({ length: 1000 }, (_, kid) => key.sign({}, { kid: `strange-${kid}` })),
    );
    expect(await accepts(key)).toBe(true);
    const fetchesOfAttack = async () => {
      const before = issuer.fetches();
      expect(await Promise.all(strange.map(takes))).not.toContain(true);
      // Also one after the other, and good tokens between them.
      for (const token of strange.slice(0, 20)) await takes(token);
      expect(await accepts(key)).toBe(true);
      return issuer.fetches() - before;
    };
    expect(await fetchesOfAttack()).toBe(0);
    pass(29_999);
    expect(await fetchesOfAttack()).toBe(0);
    pass(1);
    expect(await fetchesOfAttack()).toBe(1);
    issuer.publish(undefined);
    pass(30_000);
    expect(await fetchesOfAttack()).toBe(1);
  });

  it('keys stay usable while the JWKS is down', async () => {
    const key = await newKey('k');
    await using issuer = await startFakeIssuer([key]);
    const { pass, accepts } = verifierOf(issuer.jwksUri);
    expect(await accepts(key)).toBe(true);
    issuer.publish(undefined);
    for (let hour = 0; hour < 24; hour++) {
      pass(60 * MINUTE);
      expect(await accepts(key)).toBe(true);
    }
    await until('the issuer to have been asked again', () => issuer.fetches() > 1);
  });
});
