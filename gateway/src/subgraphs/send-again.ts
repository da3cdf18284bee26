import { FetchError } from './fetch-error.ts';

/**
 * Sends once more what never left, as no connection was made: a pod that has just ended may still be chosen for one. A
 * request that a subgraph may have received is not repeated: it may be a mutation.
 */
export async function sendAgainUnlessSent<T>(send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    if (!(error instanceof FetchError && wasNotSent(error.cause))) throw error;
    return send();
  }
}

function wasNotSent(cause: unknown): boolean {
  const { code, syscall } = Object(cause) as NodeJS.ErrnoException;
  return syscall === 'connect' || code === 'UND_ERR_CONNECT_TIMEOUT';
}
