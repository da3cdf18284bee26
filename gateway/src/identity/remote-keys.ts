import { boundedText, type Logger } from '@tributary/service-kit';
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWK, type JWTVerifyGetKey } from 'jose';
import { request } from 'undici';

/** No key was ever had from the issuer, so nobody can say whether a token is good. */
export class KeysUnavailableError extends Error {
  override readonly name = 'KeysUnavailableError';
}

const TIMEOUT_MS = 3000;
const MAX_BYTES = 256 * 1024;
/** New keys are published an hour before they sign, and a withdrawn one should not live long. */
const REFRESH_AFTER_MS = 5 * 60_000;
/** At most one request to the issuer in this time, however many unknown key ids arrive. */
const COOLDOWN_MS = 30_000;
/** For how long a set without keys is a mistake, which passes. Then it is a withdrawal of all, as after a compromise. */
const NO_KEYS_AFTER_MS = 5 * 60_000;
/** While there are no keys at all every request waits for them. */
const FIRST_COOLDOWN_MS = 1000;

export interface RemoteKeysOptions {
  log: Logger;
  /** Told whether the issuer answered when it was asked. */
  answers(isUp: boolean): void;
  /** Milliseconds of a clock that does not jump. Default: the process's. */
  now?: () => number;
}

/**
 * The public keys at an issuer's JWKS URI, for jose's `jwtVerify`. jose's own remote set refuses every token once its
 * copy is old and the issuer is down, and asks again for each unknown key id while it is. Here the last keys that were
 * had stay in use, are renewed behind the requests, and attempts have a cooldown whether they succeed or not. Who is down
 * withdraws nothing; a set without a key that can verify is obeyed once it has come for longer than five minutes.
 */
export function remoteKeys(uri: string, options: RemoteKeysOptions): JWTVerifyGetKey {
  const { log, answers, now = () => performance.now() } = options;
  let keys: JWTVerifyGetKey | undefined;
  let loadedMs = Number.NEGATIVE_INFINITY;
  /** When it first came without a key that can verify, after the last that had one. */
  let withoutMs: number | undefined;
  let attemptedMs = Number.NEGATIVE_INFINITY;
  let loading: Promise<void> | undefined;

  const mayAsk = () => now() - attemptedMs >= (keys === undefined ? FIRST_COOLDOWN_MS : COOLDOWN_MS);
  const reload = () => {
    if (loading === undefined && mayAsk()) {
      attemptedMs = now();
      loading = fetchKeys(uri)
        .then((set) => {
          if (!set.keys.some(canVerify)) {
            withoutMs ??= now();
            if (keys !== undefined && now() - withoutMs > NO_KEYS_AFTER_MS) keys = createLocalJWKSet({ keys: [] });
            throw new Error('the JWKS has no key that can verify');
          }
          keys = createLocalJWKSet(set);
          withoutMs = undefined;
          loadedMs = now();
          answers(true);
        })
        .catch((error: unknown) => {
          answers(false);
          log.warn({ jwks_uri: uri, err: error }, 'JWKS could not be read');
        })
        .finally(() => {
          loading = undefined;
        });
    }
    return loading;
  };

  return async (header, token) => {
    if (keys === undefined) await reload();
    else if (now() - loadedMs >= REFRESH_AFTER_MS) void reload();
    if (keys === undefined) throw new KeysUnavailableError();
    try {
      return await keys(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      await reload();
      return keys(header, token);
    }
  };
}

async function fetchKeys(uri: string): Promise<JSONWebKeySet> {
  const { statusCode, body } = await request(uri, {
    headers: { accept: 'application/json' },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const text = await boundedText(body, MAX_BYTES, () => new Error('the JWKS is too large'));
  if (statusCode !== 200) throw new Error(`the JWKS answered ${statusCode}`);
  const set: JSONWebKeySet = JSON.parse(text);
  if (!Array.isArray(set?.keys)) throw new Error('the JWKS is none');
  return set;
}

/** As jose chooses keys: a public one, and for signatures where it says for what. */
const canVerify = ({ kty, use = 'sig', key_ops: operations }: JWK): boolean =>
  kty !== undefined && kty !== 'oct' && use === 'sig' && (operations === undefined || operations.includes('verify'));
