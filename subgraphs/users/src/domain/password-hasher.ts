import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import type { UsersConfig } from '../config.ts';

const argon2Async = promisify(argon2);
const SALT_BYTES = 16;
const HASH_BYTES = 32;
const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/;

/** Argon2id (RFC 9106) in the PHC string format: `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`. */
export interface PasswordHasher {
  hash(password: string): Promise<string>;
  /** Without a stored hash it does the same work and is false, so that the time tells nobody which accounts exist. */
  verify(password: string, stored: string | undefined): Promise<boolean>;
  /** Whether a stored hash was made at another cost than the present one. */
  isOutdated(stored: string): boolean;
}

interface Parameters {
  /** KiB. */
  memory: number;
  passes: number;
  parallelism: number;
}

export function createPasswordHasher(config: UsersConfig['passwordHash']): PasswordHasher {
  const present: Parameters = { memory: config.memory / 1024, passes: config.passes, parallelism: 1 };
  const nobodys = encode(present, randomBytes(SALT_BYTES), randomBytes(HASH_BYTES));
  return {
    async hash(password) {
      const salt = randomBytes(SALT_BYTES);
      return encode(present, salt, await derive(password, salt, present));
    },
    async verify(password, stored = nobodys) {
      const { salt, hash, ...parameters } = decode(stored);
      return timingSafeEqual(await derive(password, salt, parameters), hash);
    },
    isOutdated: (stored) => !stored.startsWith(prefix(present)),
  };
}

/** In the thread pool, where it stalls nobody. Spellings of a password that look the same are the same. */
const derive = (password: string, salt: Buffer, parameters: Parameters): Promise<Buffer> =>
  argon2Async('argon2id', { message: password.normalize('NFKC'), nonce: salt, tagLength: HASH_BYTES, ...parameters });

const prefix = ({ memory, passes, parallelism }: Parameters) =>
  `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$`;

const encode = (parameters: Parameters, salt: Buffer, hash: Buffer) =>
  `${prefix(parameters)}${base64(salt)}$${base64(hash)}`;

function decode(stored: string): Parameters & { salt: Buffer; hash: Buffer } {
  const [, memory, passes, parallelism, salt, hash] = PHC.exec(stored) ?? [];
  if (salt === undefined || hash === undefined) throw new Error('a stored password hash is not in the PHC format');
  return {
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    salt: Buffer.from(salt, 'base64'),
    hash: Buffer.from(hash, 'base64'),
  };
}

/** Without padding, as the PHC format wants it. */
const base64 = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '');
