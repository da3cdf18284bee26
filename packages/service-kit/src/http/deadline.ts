import type { FastifyReply, FastifyRequest } from 'fastify';

/** How many milliseconds the caller still waits for the answer; handed on from hop to hop. */
export const DEADLINE_HEADER = 'x-deadline-ms';

const MAX_MS = 120_000;
const DEFAULT_MS = 30_000;

/** Aborts when the time that the caller named is over, or when it has hung up. */
export function deadlineSignal(request: FastifyRequest, reply: FastifyReply): AbortSignal {
  const named = Number(request.headers[DEADLINE_HEADER]);
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), named > 0 ? Math.min(named, MAX_MS) : DEFAULT_MS);
  reply.raw.once('close', () => {
    clearTimeout(timer);
    if (!reply.raw.writableFinished) controller.abort();
  });
  return controller.signal;
}
