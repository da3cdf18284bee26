/** What is used of a client of Redis. */
export interface RedisClient {
  readonly isReady: boolean;
  /** One command; fails at once where there is no connection. */
  send(args: readonly string[]): Promise<unknown>;
  destroy(): void;
}

const CONNECT_TIMEOUT_MS = 1000;
const LONGEST_PAUSE_MS = 1000;

/**
 * A client that connects in the background, again and again until it is destroyed.
 *
 * @param failed told of each connection that fails or ends
 */
export async function openRedis(url: string, failed: (error: unknown) => void): Promise<RedisClient> {
  // Loaded only where it is used: it is larger than all else that a start needs.
  const { createClient } = await import('@redis/client');
  const client = createClient({
    url,
    RESP: 2,
    // Commands are not kept for later: by then the request is answered.
    disableOfflineQueue: true,
    maintNotifications: 'disabled',
    socket: {
      connectTimeout: CONNECT_TIMEOUT_MS,
      reconnectStrategy: (retries) => Math.min(50 * 2 ** retries, LONGEST_PAUSE_MS) * (0.5 + Math.random() / 2),
    },
  });
  client.on('error', failed);
  client.connect().catch(failed);
  return {
    get isReady() {
      return client.isReady;
    },
    send: (args) => client.sendCommand([...args]),
    destroy() {
      client.removeListener('error', failed);
      // What ends with it is not of interest.
      client.on('error', () => {});
      client.destroy();
    },
  };
}
