import { createHmac } from 'node:crypto';
import { importJWK, type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';
import { anonymous, type Identity } from './identity.ts';
import {
  createServiceIdentityIssuer,
  createServiceIdentityVerifier,
  generateServiceKeyPair,
  type ServiceIdentityIssuer,
  type ServiceKeyPair,
} from './service-identity.ts';

let gatewayKeys: ServiceKeyPair;
let notificationsKeys: ServiceKeyPair;
let gateway: ServiceIdentityIssuer;
let users: ReturnType<typeof createServiceIdentityVerifier>;
let orders: ReturnType<typeof createServiceIdentityVerifier>;

beforeAll(async () => {
  [gatewayKeys, notificationsKeys] = await Promise.all([
    generateServiceKeyPair('gateway'),
    generateServiceKeyPair('notifications'),
  ]);
  gateway = await createServiceIdentityIssuer('gateway', gatewayKeys.privateKey);
  const trusted = { gateway: gatewayKeys.publicKeys, notifications: notificationsKeys.publicKeys };
  users = createServiceIdentityVerifier('users', trusted);
  orders = createServiceIdentityVerifier('orders', { gateway: gatewayKeys.publicKeys });
});

const user: Identity = { kind: 'user', userId: 'u1', roles: ['customer', 'admin'] };
const service: Identity = { kind: 'service', service: 'notifications' };
const refused = expect.objectContaining({ code: 'SERVICE_IDENTITY_REQUIRED' });
const now = () => Math.floor(Date.now() / 1000);

describe('a token', () => {
  test.each([anonymous, user, service])('says whom the gateway vouches for: $kind', async (identity) => {
    expect(await users.verify(`Bearer ${await gateway.issue('users', identity)}`)).toEqual(identity);
  });

  test('for one service is refused by another', async () => {
    const authorization = `Bearer ${await gateway.issue('users', user)}`;
    await expect(users.verify(authorization)).resolves.toEqual(user);
    await expect(orders.verify(authorization)).rejects.toEqual(refused);
  });

  test('lives for a minute at most, and is handed out again meanwhile, to the same caller for the same service', async () => {
    const token = await gateway.issue('users', user);
    const { iat, exp } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    expect(exp - iat).toBeLessThanOrEqual(60);
    expect(await gateway.issue('users', { ...user })).toBe(token);
    const others = [
      await gateway.issue('orders', user),
      await gateway.issue('users', { kind: 'user', userId: 'u1', roles: ['customer'] }),
      await gateway.issue('users', { kind: 'user', userId: 'u2', roles: ['customer', 'admin'] }),
      await gateway.issue('users', { kind: 'service', service: 'u1' }),
    ];
    expect(new Set([token, ...others]).size).toBe(5);
  });

  test('of a service says that it is that service, and nothing else', async () => {
    const issuer = await createServiceIdentityIssuer('notifications', notificationsKeys.privateKey);
    const says = async (identity: Identity) => users.verify(`Bearer ${await issuer.issue('users', identity)}`);
    await expect(says(service)).resolves.toEqual(service);
    await expect(says(user)).rejects.toEqual(refused);
    await expect(says(anonymous)).rejects.toEqual(refused);
    await expect(says({ kind: 'service', service: 'payments' })).rejects.toEqual(refused);
  });

  test('of a service that is not trusted here is refused', async () => {
    const issuer = await createServiceIdentityIssuer('notifications', notificationsKeys.privateKey);
    await expect(orders.verify(`Bearer ${await issuer.issue('orders', service)}`)).rejects.toEqual(refused);
  });
});

describe('what is not quite such a token is refused', () => {
  const claims = (): JWTPayload => ({ iss: 'gateway', aud: 'users', iat: now(), exp: now() + 60, kind: 'anonymous' });
  const header: JWTHeaderParameters = { alg: 'EdDSA', typ: 'tributary-identity+jwt', kid: 'gateway' };

  async function signed(changes: JWTPayload, headerChanges: Partial<JWTHeaderParameters> = {}, keys = gatewayKeys) {
    const payload = Object.fromEntries(Object.entries({ ...claims(), ...changes }).filter(([, v]) => v !== undefined));
    const key = await importJWK(keys.privateKey, 'EdDSA');
    return new SignJWT(payload).setProtectedHeader({ ...header, ...headerChanges }).sign(key, { crit: { x: true } });
  }
  const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const unsigned = (alg: string) => `${base64url({ ...header, alg })}.${base64url(claims())}`;

  test('the matrix rests on a token that is accepted', async () => {
    await expect(users.verify(`Bearer ${await signed({})}`)).resolves.toEqual(anonymous);
  });

  test.each<[string, () => Promise<string> | string]>([
    ['another audience', () => signed({ aud: 'orders' })],
    ['no audience', () => signed({ aud: undefined } as never)],
    ['expired', () => signed({ iat: now() - 90, exp: now() - 30 })],
    ['older than a minute, although it does not expire', () => signed({ iat: now() - 120, exp: now() + 9999 })],
    ['from the future', () => signed({ iat: now() + 30, exp: now() + 60 })],
    ['not yet valid', () => signed({ nbf: now() + 30 })],
    ['without exp', () => signed({ exp: undefined } as never)],
    ['without iat', () => signed({ iat: undefined } as never)],
    ['without an issuer', () => signed({ iss: undefined } as never)],
    ['an unknown issuer', () => signed({ iss: 'payments' })],
    ['an issuer named like a property', () => signed({ iss: 'constructor' })],
    ["another issuer's name", () => signed({ iss: 'gateway' }, {}, notificationsKeys)],
    ['another type', () => signed({}, { typ: 'JWT' })],
    ['an unknown key', () => signed({}, { kid: '../../gateway' })],
    ['a critical extension that nobody knows', () => signed({}, { crit: ['x'], x: 1 } as never)],
    ['an unknown kind', () => signed({ kind: 'root' })],
    ['no kind', () => signed({ kind: undefined } as never)],
    ['a user without an id', () => signed({ kind: 'user', roles: [] })],
    ['a user with an unknown role', () => signed({ kind: 'user', sub: 'u', roles: ['root'] })],
    ['no signature', () => `${unsigned('none')}.`],
    ['alg none with a signature', async () => `${unsigned('none')}.${(await signed({})).split('.')[2]}`],
    [
      'HS256 with the public key',
      () => {
        const text = unsigned('HS256');
        const key = Buffer.from(String(gatewayKeys.publicKeys.keys[0]?.x), 'base64url');
        return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`;
      },
    ],
    [
      'tampered claims',
      async () => {
        const [head, , signature] = (await signed({})).split('.');
        return `${head}.${base64url({ ...claims(), kind: 'user', sub: 'u', roles: ['admin'] })}.${signature}`;
      },
    ],
    ['claims that are no JSON', () => `${base64url(header)}.bm9wZQ.AAAA`],
    ['claims that are no object', () => `${base64url(header)}.${base64url(null)}.AAAA`],
    ['nothing', () => ''],
  ])('%s', async (_, make) => {
    await expect(users.verify(`Bearer ${await make()}`)).rejects.toEqual(refused);
  });

  test.each([undefined, '', 'Basic YTpi', 'Bearer', 'Bearer a.b', 'Bearer a.b.c.d'])('%j', async (authorization) => {
    await expect(users.verify(authorization)).rejects.toEqual(refused);
  });

  test('the right token in a form that is not ours', async () => {
    const token = await signed({});
    for (const form of [token, `bearer ${token}`, `Bearer  ${token}`, `Bearer ${token},Bearer ${token}`]) {
      await expect(users.verify(form)).rejects.toEqual(refused);
    }
  });
});
