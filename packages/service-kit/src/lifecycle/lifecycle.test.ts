import { describe, expect, test } from 'vitest';
import { createLogger } from '../log/logger.ts';
import { type Component, Lifecycle } from './lifecycle.ts';

const log = createLogger({ service: 'test', level: 'silent' });
const never = new Promise<void>(() => {});

/** Components that note what happens to them. */
function recording(...names: string[]) {
  const events: string[] = [];
  const components = names.map(
    (name): Component => ({
      name,
      start: async () => void events.push(`start ${name}`),
      stop: async () => void events.push(`stop ${name}`),
    }),
  );
  return { events, components };
}

describe('lifecycle', () => {
  test('starts in order, one after the other, and stops in the opposite order', async () => {
    const { events, components } = recording('database', 'outbox', 'http');
    const lifecycle = new Lifecycle(log, 1000);
    expect(lifecycle.state).toBe('new');
    const starting = lifecycle.start([{ name: 'nothing to do' }, ...components]);
    expect(lifecycle.state).toBe('starting');
    await starting;
    expect(lifecycle.state).toBe('ready');
    const stopping = lifecycle.stop();
    expect(lifecycle.state).toBe('draining');
    await stopping;
    expect(lifecycle.state).toBe('stopped');
    expect(events).toEqual([
      'start database',
      'start outbox',
      'start http',
      'stop http',
      'stop outbox',
      'stop database',
    ]);
  });

  test('a component that fails to start stops those before it, and its error is what is thrown', async () => {
    const { events, components } = recording('database', 'outbox');
    const lifecycle = new Lifecycle(log, 1000);
    const failing = {
      name: 'http',
      start: () => {
        throw new Error('port in use');
      },
      stop: () => void events.push('stop http'),
    };
    await expect(lifecycle.start([...components, failing, ...recording('late').components])).rejects.toThrow(
      'port in use',
    );
    expect(events).toEqual(['start database', 'start outbox', 'stop outbox', 'stop database']);
    expect(lifecycle.state).toBe('stopped');
  });

  test('the error of the start is thrown also when the stop does not come to an end', async () => {
    const lifecycle = new Lifecycle(log, 20);
    const failing = { name: 'http', start: () => Promise.reject(new Error('port in use')) };
    await expect(lifecycle.start([{ name: 'database', stop: () => never }, failing])).rejects.toThrow('port in use');
  });

  test('stopping twice stops once, and both wait', async () => {
    const { events, components } = recording('a');
    const lifecycle = new Lifecycle(log, 1000);
    await lifecycle.start(components);
    await Promise.all([lifecycle.stop(), lifecycle.stop()]);
    await lifecycle.stop();
    expect(events).toEqual(['start a', 'stop a']);
  });

  test('stopping while it starts lets the start come to its end, and then stops everything', async () => {
    const { events, components } = recording('a', 'b', 'c');
    const lifecycle = new Lifecycle(log, 1000);
    const starting = lifecycle.start(components);
    await lifecycle.stop();
    await starting;
    expect(events.slice(-3)).toEqual(['stop c', 'stop b', 'stop a']);
    expect(lifecycle.state).toBe('stopped');
  });

  test('a component that fails to stop does not keep the others from it', async () => {
    const { events, components } = recording('a');
    const lifecycle = new Lifecycle(log, 1000);
    await lifecycle.start([...components, { name: 'b', stop: () => Promise.reject(new Error('x')) }]);
    await lifecycle.stop();
    expect(events).toContain('stop a');
  });

  test('the drain has one deadline; the error names who did not keep it', async () => {
    const lifecycle = new Lifecycle(log, 30);
    await lifecycle.start([{ name: 'a' }, { name: 'slow', stop: () => never }, { name: 'c' }]);
    await expect(lifecycle.stop()).rejects.toThrow('slow did not stop within 30 ms');
  });
});
