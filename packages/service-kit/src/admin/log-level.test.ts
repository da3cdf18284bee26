import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogger, type Logger } from '../log/logger.ts';
import { until } from '../testing/until.ts';
import { addLogLevel } from './log-level.ts';

describe('the level of log lines', () => {
  let app: FastifyInstance;
  let log: Logger;
  let lines: string[];
  beforeEach(() => {
    lines = [];
    log = createLogger({ service: 'test', level: 'warn', destination: { write: (line) => lines.push(line) } });
    app = Fastify();
    addLogLevel(app, log);
  });
  afterEach(() => app.close());

  const get = async () => (await app.inject({ method: 'GET', url: '/log/level' })).json();
  const put = async (payload: object) => {
    const answer = await app.inject({ method: 'PUT', url: '/log/level', payload });
    return { status: answer.statusCode, ...answer.json() };
  };
  const written = (message: string) => lines.some((line) => JSON.parse(line).message === message);

  it('is told', async () => {
    expect(await get()).toEqual({ level: 'warn' });
  });

  it('is changed for what is written from then on, of a request too', async () => {
    const request = () => log.child({ request_id: 'x' });
    request().debug('before');
    const changed = await put({ level: 'debug' });
    expect(changed).toEqual({ status: 200, level: 'debug', until: expect.any(String) });
    const minutes = (Date.parse(changed.until) - Date.now()) / 60_000;
    expect(minutes).toBeGreaterThan(13);
    expect(minutes).toBeLessThanOrEqual(15);
    request().debug('after');
    expect([written('before'), written('after'), written('log level changed')]).toEqual([false, true, true]);
    expect(await get()).toEqual({ level: 'debug', until: changed.until });
  });

  it('is the configured one again by itself', async () => {
    await put({ level: 'debug', for: '50ms' });
    expect(log.level).toBe('debug');
    await until('the configured level', () => log.level === 'warn');
    expect(await get()).toEqual({ level: 'warn' });
  });

  it('is the configured one again at once when that is asked for', async () => {
    await put({ level: 'debug' });
    expect(await put({ level: 'warn' })).toEqual({ status: 200, level: 'warn' });
  });

  it.each([
    [{}, /level/],
    [{ level: 'loud' }, /level/],
    [{ level: 'debug', for: 'ever' }, /a duration such as/],
    [{ level: 'debug', for: '25h' }, /24h at most/],
    [{ level: 'debug', until: 'noon' }, /until/],
  ])('stays as it is for %j, which is told what is wrong', async (body, message) => {
    const answer = await put(body);
    expect(answer).toEqual({ status: 400, error: expect.stringMatching(message) });
    expect(await get()).toEqual({ level: 'warn' });
  });
});
