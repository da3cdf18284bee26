import { createLogger } from '@tributary/service-kit';
import { until } from '@tributary/service-kit/testing';
import { jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { type IssuerKey, newKey, startFakeIssuer } from '../testing/fake-issuer.ts';
import { remoteKeys } from './remote-keys.ts';

const log = createLogger({ service: 'test', level: 'silent' });
const MINUTE = 60_000;

/** Keys of a running issuer, by a clock that only the test moves. */
function keysOf(jwksUri: string) {
  let nowMs = 0;
  const answers: boolean[] = [];
  const keys = remoteKeys(jwksUri, { log, answers: (isUp) => answers.push(isUp), now: () => nowMs });
  return {
    /** Whether the issuer answered, each time that it was asked. */
    answers,
    pass: (ms: number) => {
      nowMs += ms;
    },
    check: (token: string) => jwtVerify(token, keys),
  };
}

describe('remoteKeys', () => {
  it('loses no valid token over a rotation, and asks once for it', async () => {
    const [old, next] = await Promise.all([newKey('old'), newKey('next')]);
    await using issuer = await startFakeIssuer([old]);
    const { check, pass } = keysOf(issuer.jwksUri);
    await check(await old.sign());
    pass(MINUTE);
    issuer.publish([old, next]);
    await Promise.all([check(await next.sign()), check(await old.sign()), check(await next.sign())]);
    expect(issuer.fetches()).toBe(2);
    issuer.publish([next]);
    pass(6 * MINUTE);
    await check(await old.sign());
    await until('the keys to be read again', () => issuer.fetches() === 3);
    await until(
      'the old key to be refused',
      async () => (await check(await old.sign()).catch(() => undefined)) === undefined,
    );
    await check(await next.sign());
  });

  it('asks once in 30 s for 1000 unknown key ids, whether the issuer is up or down', async () => {
    const key = await newKey('k');
    await using issuer = await startFakeIssuer([key]);
    const { check, pass } = keysOf(issuer.jwksUri);
    const token = await key.sign();
    const strange = await Promise.all(
      Array.from({ length: 1000 }, (_, index) => key.sign({}, { kid: `strange-${index}` })),
    );
    await check(token);
    const attack = async () => {
      const before = issuer.fetches();
      const refused = await Promise.all(
        strange.map((each) =>
          check(each).then(
            () => 0,
            () => 1,
          ),
        ),
      );
      for (const each of strange.slice(0, 50)) await check(each).catch(() => {});
      expect(refused.reduce((sum: number, one) => sum + one, 0)).toBe(1000);
      return issuer.fetches() - before;
    };
    expect(await attack()).toBe(0);
    pass(30_000);
    expect(await attack()).toBe(1);
    issuer.publish(undefined);
    pass(30_000);
    expect(await attack()).toBe(1);
    expect(await attack()).toBe(0);
    await check(token);
  });

  it('keeps its keys while the issuer is down, for as long as that lasts', async () => {
    const [key, next] = await Promise.all([newKey('k'), newKey('next')]);
    await using issuer = await startFakeIssuer([key]);
    const { check, pass } = keysOf(issuer.jwksUri);
    const token = await key.sign();
    await check(token);
    issuer.publish(undefined);
    for (let hour = 0; hour < 10; hour++) {
      pass(60 * MINUTE);
      await until('the attempt to be made', async () => {
        await check(token);
        return issuer.fetches() === hour + 2;
      });
    }
    issuer.publish([key, next]);
    pass(60 * MINUTE);
    await check(token);
    const fresh = await next.sign();
    await until('the new key', () =>
      check(fresh).then(
        () => true,
        () => false,
      ),
    );
  });

  it('takes no empty set in place of the keys that it has', async () => {
    const key = await newKey('k');
    await using issuer = await startFakeIssuer([key]);
    const { check, pass, answers } = keysOf(issuer.jwksUri);
    const token = await key.sign();
    await check(token);
    issuer.publish([]);
    pass(6 * MINUTE);
    await check(token);
    await until('the keys to be read again', () => answers.length === 2);
    await check(token);
    expect([issuer.fetches(), answers]).toEqual([2, [true, false]]);
  });

  it.each([
    ['no keys', () => []],
    [
      'none that can verify',
      ({ publicJwk }: IssuerKey) => [
        { kty: 'oct', k: 'c2VjcmV0' },
        { ...publicJwk, use: 'enc' },
      ],
    ],
  ])('obeys a set that has %s for longer than five minutes', async (_what, withoutKeys) => {
    const key = await newKey('k');
    await using issuer = await startFakeIssuer([key]);
    const { check, pass, answers } = keysOf(issuer.jwksUri);
    const token = await key.sign();
    /** The keys are read again behind a request. */
    const read = async () => {
      const before = answers.length;
      await check(token);
      await until('the keys to be read again', () => answers.length > before);
    };
    const nothing = withoutKeys(key).map((publicJwk) => ({ ...key, publicJwk }));
    await check(token);
    issuer.publish(nothing);
    pass(60 * MINUTE);
    await read();
    pass(5 * MINUTE);
    await read();
    // One that is good in between was a mistake's end.
    issuer.publish([key]);
    pass(MINUTE);
    await read();
    issuer.publish(nothing);
    pass(6 * MINUTE);
    await read();
    issuer.publish(undefined);
    pass(6 * MINUTE);
    await read();
    issuer.publish(nothing);
    pass(MINUTE);
    await read();
    await expect(check(token)).rejects.toThrow(expect.objectContaining({ code: 'ERR_JWKS_NO_MATCHING_KEY' }));
    issuer.publish([key]);
    pass(MINUTE);
    await check(token);
  });

  it('waits for the first keys, and tries again soon when there are none', async () => {
    const key = await newKey('k');
    await using issuer = await startFakeIssuer(undefined);
    const { check, pass, answers } = keysOf(issuer.jwksUri);
    const token = await key.sign();
    await expect(check(token)).rejects.toThrow(expect.objectContaining({ name: 'KeysUnavailableError' }));
    await expect(check(token)).rejects.toThrow();
    expect(issuer.fetches()).toBe(1);
    issuer.publish([key]);
    pass(1000);
    await Promise.all([check(token), check(token), check(token)]);
    expect(issuer.fetches()).toBe(2);
    expect(answers).toEqual([false, true]);
  });
});
