import type { FastifyInstance } from 'fastify';
import { ConfigError } from '../config/load-config.ts';

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'this user may not',
  EADDRINUSE: 'another program does',
  EADDRNOTAVAIL: 'this machine has no such address',
};

/** Opens a port. @throws ConfigError when the machine does not let it. */
export async function listen(app: FastifyInstance, { host, port }: { host: string; port: number }): Promise<void> {
  try {
    await app.listen({ host, port });
  } catch (cause) {
    const reason = REASONS[(cause as NodeJS.ErrnoException).code ?? ''];
    if (reason === undefined) throw cause;
    throw new ConfigError(`Cannot listen on ${host}:${port}: ${reason}.`, { cause });
  }
}
