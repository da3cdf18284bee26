import { createRowCipher, type Database, type Logger } from '@tributary/service-kit';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JSONWebKeySet, type JWK } from 'jose';
import type { UsersConfig } from '../config.ts';
import {
  deleteSigningKeys,
  insertSigningKey,
  listSigningKeys,
  lockSigningKeys,
  type SigningKeyRow,
} from '../store/signing-key-store.ts';

export const SIGNING_ALGORITHM = 'ES256';

/** A key stays in the JWKS for so much longer than its last token lives: clocks differ, and so do instances. */
const RETIREMENT_MARGIN_MS = 5 * 60_000;

export interface SigningKey {
  kid: string;
  key: Awaited<ReturnType<typeof importJWK>>;
}

/**
 * The keys of access tokens. They are in the database, so all instances sign and publish the same ones. A key is
 * published, after `publishAhead` it signs, after `rotateEvery` its successor does, and once its last token has
 * expired it goes.
 */
export interface SigningKeys {
  /** The key that signs now; the first one is made when it is asked for. */
  current(): Promise<SigningKey>;
  /** Every public key that a valid token can be signed with, now or soon (RFC 7517). */
  jwks(): Promise<JSONWebKeySet>;
  /** Adds the successor when its time has come, and removes keys that have served. */
  rotateWhenDue(): Promise<void>;
  /** Publishes a successor now, whatever the schedule says. */
  rotateSigningKey(): Promise<void>;
}

export interface SigningKeysOptions {
  database: Database;
  log: Logger;
  config: UsersConfig['tokens'];
}

export function createSigningKeys({ database, log, config }: SigningKeysOptions): SigningKeys {
  const cipher = createRowCipher(config.keyEncryptionSecret, 'tributary users signing keys');
  const seal = (kid: string, privateJwk: JWK) => cipher.seal(kid, Buffer.from(JSON.stringify(privateJwk)));
  const privateJwkOf = ({ kid, privateJwk }: SigningKeyRow): JWK | undefined => {
    const opened = cipher.open(kid, privateJwk);
    return opened && JSON.parse(opened.toString());
  };

  /** A key that another secret has sealed still verifies, but signs nothing here: such a secret needs a new key. */
  const newestSigning = (rows: readonly SigningKeyRow[]) =>
    rows.findLast((row) => row.activeFrom.getTime() <= Date.now() && privateJwkOf(row) !== undefined);

  /** When the next key has to begin to sign, or undefined while none is needed. */
  function nextActiveFrom(rows: readonly SigningKeyRow[]): Date | undefined {
    const now = Date.now();
    if (newestSigning(rows) === undefined) return new Date(now);
    const newest = rows.findLast((row) => privateJwkOf(row) !== undefined);
    const dueMs = (newest?.activeFrom.getTime() ?? 0) + config.rotateEvery - config.publishAhead;
    return dueMs <= now ? new Date(now + config.publishAhead) : undefined;
  }

  async function addKey(activeFrom: (rows: readonly SigningKeyRow[]) => Date | undefined): Promise<void> {
    const pair = await newKeyPair();
    const added = await database.transaction(async (tx) => {
      await lockSigningKeys(tx);
      const at = activeFrom(await listSigningKeys(tx));
      if (at === undefined) return undefined;
      const { kid, publicJwk, privateJwk } = pair;
      await insertSigningKey(tx, { kid, publicJwk, privateJwk: seal(kid, privateJwk), activeFrom: at });
      return at;
    });
    if (added !== undefined) log.info({ kid: pair.kid, active_from: added.toISOString() }, 'signing key added');
  }

  /** The keys, of which at least one signs. */
  async function readKeys(): Promise<SigningKeyRow[]> {
    const rows = await listSigningKeys(database.db);
    if (newestSigning(rows) !== undefined) return rows;
    await addKey(nextActiveFrom);
    return listSigningKeys(database.db);
  }

  return {
    async current() {
      const row = newestSigning(await readKeys());
      const privateJwk = row && privateJwkOf(row);
      if (row === undefined || privateJwk === undefined) throw new Error('no signing key is active');
      return { kid: row.kid, key: await importJWK(privateJwk, SIGNING_ALGORITHM) };
    },
    async jwks() {
      return { keys: (await readKeys()).map((row) => row.publicJwk as JWK) };
    },
    async rotateWhenDue() {
      const rows = await listSigningKeys(database.db);
      if (nextActiveFrom(rows) !== undefined) await addKey(nextActiveFrom);
      const served = servedKids(rows, config.accessTokenLifetime);
      if (served.length > 0) await deleteSigningKeys(database.db, served);
    },
    rotateSigningKey: () => addKey((rows) => nextActiveFrom(rows) ?? new Date(Date.now() + config.publishAhead)),
  };
}

/** Keys whose successor has been signing for so long that no token of theirs is left. */
function servedKids(rows: readonly SigningKeyRow[], accessTokenLifetimeMs: number): string[] {
  const since = Date.now() - accessTokenLifetimeMs - RETIREMENT_MARGIN_MS;
  return rows.filter((_, index) => (rows[index + 1]?.activeFrom.getTime() ?? Infinity) < since).map(({ kid }) => kid);
}

async function newKeyPair(): Promise<{ kid: string; publicJwk: JWK; privateJwk: JWK }> {
  const pair = await generateKeyPair(SIGNING_ALGORITHM, { extractable: true });
  const [publicJwk, privateJwk] = await Promise.all([exportJWK(pair.publicKey), exportJWK(pair.privateKey)]);
  const kid = await calculateJwkThumbprint(publicJwk);
  return { kid, publicJwk: { ...publicJwk, kid, alg: SIGNING_ALGORITHM, use: 'sig' }, privateJwk };
}
