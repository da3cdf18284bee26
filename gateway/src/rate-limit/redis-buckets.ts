import { hash } from 'node:crypto';
import type { Component, Logger, Metrics } from '@tributary/service-kit';
import type { RateLimitConfig } from '../config/rate-limit-config.ts';
import type { Buckets, Charge, Taken } from './buckets.ts';
import type { RedisClient } from './open-redis.ts';
import { RedisLink } from './redis-link.ts';
import { TAKE_SCRIPT, TAKE_SCRIPT_SHA } from './take-script.ts';

type RedisConfig = NonNullable<RateLimitConfig['redis']>;

/** Buckets that gateways share in Redis; while it does not answer, those of `local` take their place. */
export class RedisBuckets implements Buckets {
  readonly #local: Buckets;
  readonly #prefix: string;
  readonly #link: RedisLink;

  constructor(config: RedisConfig, local: Buckets, { log, metrics }: { log: Logger; metrics: Metrics }) {
    this.#local = local;
    this.#prefix = config.prefix;
    this.#link = new RedisLink({
      url: config.url.reveal(),
      timeoutMs: config.timeout,
      // The script itself: a server that answers but may not write, say, is of no use.
      probe: (client) => runScript(client, [`${config.prefix}probe`], ['0', '0', '0']),
      log,
      metrics,
    });
  }

  get component(): Component {
    return this.#link;
  }

  take(charges: readonly Charge[]): Taken | Promise<Taken> {
    return this.#link.isUp ? this.#takeShared(charges) : this.#local.take(charges);
  }

  async #takeShared(charges: readonly Charge[]): Promise<Taken> {
    const keys = charges.map(({ key }) => this.#prefix + pseudonym(key));
    const numbers = charges.flatMap(({ limit, tokens }) => [limit.intervalMs, limit.fillMs, tokens].map(String));
    try {
      const [allowed, ...debts] = await this.#link.ask((client) => runScript(client, keys, numbers));
      return { isAllowed: allowed === 1, debtsMs: debts.map((debt) => debt / 1000) };
    } catch {
      // The link has said why.
      return this.#local.take(charges);
    }
  }
}

/** Redis need not know who asks: addresses and users stand in it as hashes, for as long as a bucket takes to fill. */
const pseudonym = (key: string) => hash('sha256', key, 'base64url').slice(0, 22);

async function runScript(client: RedisClient, keys: readonly string[], numbers: readonly string[]): Promise<number[]> {
  const rest = [String(keys.length), ...keys, ...numbers];
  try {
    return (await client.send(['EVALSHA', TAKE_SCRIPT_SHA, ...rest])) as number[];
  } catch (error) {
    // It has been restarted, or is new.
    if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
    return (await client.send(['EVAL', TAKE_SCRIPT, ...rest])) as number[];
  }
}
