import type { FastifyReply } from 'fastify';

/** Adds names of request headers to those that the answer hangs on. */
export function addVary(reply: FastifyReply, names: string): void {
  const before = reply.getHeader('vary');
  if (before === undefined) reply.header('vary', names);
  else if (!String(before).includes(names)) reply.header('vary', `${before}, ${names}`);
}
