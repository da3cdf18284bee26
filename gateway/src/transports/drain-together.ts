import type { Component } from '@tributary/service-kit';

/**
 * Two components that stop at the same time: the port that takes nothing new, and what is kept open over it. The port
 * would wait for that, and whoever is told to come again shall not find it open.
 */
export const drainTogether = (connections: Component, port: Component): Component => ({
  name: port.name,
  async start() {
    await connections.start?.();
    await port.start?.();
  },
  async stop() {
    await Promise.all([connections.stop?.(), port.stop?.()]);
  },
});
