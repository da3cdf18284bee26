import { until } from '@tributary/service-kit/testing';
import { describe, expect, it } from 'vitest';
import { type LiveConnection, LiveConnections } from './live-connections.ts';

class FakeConnection implements LiveConnection {
  expiresMs: number | undefined;
  readonly said: string[] = [];
  beat(): void {
    this.said.push('beat');
  }
  expire(): void {
    this.said.push('expire');
  }
  drain(): void {
    this.said.push('drain');
  }
  destroy(): void {
    this.said.push('destroy');
  }
}

describe('connections that come while the gateway stops', () => {
  it('are drained at once, and destroyed in the end', async () => {
    const connections = new LiveConnections({ keepAliveMs: 1000, drainMs: 50 });
    const [early, during, after] = [new FakeConnection(), new FakeConnection(), new FakeConnection()];
    connections.add(early);
    expect(early.said).toEqual([]);
    const stopping = connections.stop();
    connections.add(during);
    expect(during.said).toEqual(['drain']);
    await stopping;
    expect(early.said).toEqual(['drain', 'destroy']);
    expect(during.said.slice(0, 2)).toEqual(['drain', 'destroy']);
    connections.add(after);
    expect(after.said).toEqual(['drain']);
    await until('it is destroyed, too', () => after.said.at(-1) === 'destroy' || undefined);
  });
});
