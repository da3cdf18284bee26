import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { duration } from '../config/units.ts';
import { logLevel } from '../log/log-level.ts';
import type { Logger } from '../log/logger.ts';

const MAX_MS = 24 * 3_600_000;

const wanted = z.strictObject({
  level: logLevel,
  /** Then the configured level is back: nobody has to remember. */
  for: duration()
    .refine((ms) => ms <= MAX_MS, 'expected 24h at most')
    .prefault('15m'),
});

/**
 * `GET /log/level` tells the level that lines must have to be written; `PUT /log/level` with `{ "level": "debug",
 * "for": "15m" }` changes it without a restart, for a while. 400 says what is wrong with another body.
 */
export function addLogLevel(app: FastifyInstance, log: Logger): void {
  const configured = log.level;
  let until: number | undefined;
  let back: NodeJS.Timeout | undefined;

  const set = (level: string) => {
    log.level = level;
    log.info({ level }, 'log level changed');
  };
  const current = () => ({
    level: log.level,
    ...(until === undefined ? {} : { until: new Date(until).toISOString() }),
  });

  app.get('/log/level', async () => current());
  app.put('/log/level', async (request, reply) => {
    const { data, error } = wanted.safeParse(request.body);
    if (error !== undefined) return reply.code(400).send({ error: z.prettifyError(error) });
    clearTimeout(back);
    until = undefined;
    if (data.level !== configured) {
      until = Date.now() + data.for;
      back = setTimeout(() => {
        until = undefined;
        set(configured);
      }, data.for).unref();
    }
    set(data.level);
    return current();
  });
  app.addHook('onClose', async () => clearTimeout(back));
}
