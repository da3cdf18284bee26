import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

const AGAIN_AFTER_MS = 50;

/** Resolves true once something listens on a loopback port; false when `signal` is aborted before. */
export async function untilListening(port: number, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    if (await accepts(port)) return true;
    await delay(AGAIN_AFTER_MS);
  }
  return false;
}

const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
