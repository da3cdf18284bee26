import pg from 'pg';
import type { Logger } from '../log/logger.ts';
import type { SilenceWatch } from './silence-watch.ts';

const RECONNECT_AFTER_MS = 1000;

interface Options {
  url: string;
  connectTimeoutMs: number;
  service: string;
  /** Ends its connection as well when the server has fallen silent: nothing else would notice. */
  watch: SilenceWatch;
  /** Told whether the server answers, when that has changed. */
  answers(isUp: boolean): void;
  log: Logger;
}

/**
 * LISTEN on a connection of its own, made again for ever when it is lost; `listener` is called then too, for what was
 * missed. A database that is away fails nothing: who listens has a timer besides.
 */
export async function listenForNotices(
  { url, connectTimeoutMs, service, watch, answers, log }: Options,
  channel: string,
  listener: () => void,
): Promise<() => Promise<void>> {
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  async function connect(): Promise<void> {
    const next = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: connectTimeoutMs,
      keepAlive: true,
      application_name: `${service} listener`,
    });
    let isLost = false;
    const lost = (error?: Error) => {
      if (isLost || stopped) return;
      isLost = true;
      answers(false);
      log.debug({ channel, err: error }, 'not listening for notices; trying again');
      next.end().catch(() => {});
      timer = setTimeout(connect, RECONNECT_AFTER_MS);
    };
    next.on('error', lost);
    next.on('end', () => lost());
    next.on('notification', listener);
    client = next;
    watch.add(next);
    try {
      await next.connect();
      await next.query(`listen ${pg.escapeIdentifier(channel)}`);
      answers(true);
      listener();
    } catch (error) {
      lost(error as Error);
    }
  }

  await connect();
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await client?.end().catch(() => {});
  };
}
