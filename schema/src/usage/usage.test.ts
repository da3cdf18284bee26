import type { UsageTotal } from '@tributary/service-kit';
import { describe, expect, it } from 'vitest';
import { Usage } from './usage.ts';

const hour = (at: number) => new Date(Date.UTC(2026, 9, 18, at));
const total = (coordinate: string, count: number, more: Partial<UsageTotal> = {}): UsageTotal => ({
  ...{ line: '', client: 'web', version: '1', operation: 'A', document: 'd1', coordinate, count },
  ...{ first: hour(1), last: hour(2), ...more },
});

describe('Usage', () => {
  it('is matched exactly, never by a prefix', () => {
    const usage = new Usage([total('User.nameFull', 3), total('User.nameFull(long:)', 2)]);
    expect(usage.of('User.name')).toEqual({ count: 0, first: undefined, last: undefined, clients: [] });
    expect(usage.of('User.nameFull').count).toBe(3);
    expect(usage.of('User').count).toBe(0);
    const other = new Usage([total('User.name', 3)]);
    expect(other.of('User.name').count).toBe(3);
    expect(other.of('User.nameFull').count).toBe(0);
  });

  it('tells clients by name and version, their documents, and when', () => {
    const usage = new Usage([
      total('User.name', 1),
      total('User.name', 5, { document: 'd2', operation: 'B', first: hour(0) }),
      total('User.name', 2, { version: '2', last: hour(9) }),
      total('User.name', 7, { client: 'ios', version: '', line: '2' }),
      total('User.name', 1, { client: 'ios', version: '', line: '3' }),
      total('User.id', 100),
    ]);
    const { count, first, last, clients } = usage.of('User.name');
    expect([count, first, last]).toEqual([16, hour(0), hour(9)]);
    expect(clients).toEqual([
      {
        ...{ name: 'ios', version: '', count: 8, first: hour(1), last: hour(2) },
        documents: [{ name: 'A', hash: 'd1', count: 8, first: hour(1), last: hour(2) }],
      },
      {
        ...{ name: 'web', version: '1', count: 6, first: hour(0), last: hour(2) },
        documents: [
          { name: 'B', hash: 'd2', count: 5, first: hour(0), last: hour(2) },
          { name: 'A', hash: 'd1', count: 1, first: hour(1), last: hour(2) },
        ],
      },
      {
        ...{ name: 'web', version: '2', count: 2, first: hour(1), last: hour(9) },
        documents: [{ name: 'A', hash: 'd1', count: 2, first: hour(1), last: hour(9) }],
      },
    ]);
  });

  it('tells who asked for a version line, by the coordinate that most requests used', () => {
    const usage = new Usage([
      total('Query.me', 5, { line: '1' }),
      total('User.name', 3, { line: '1', first: hour(0) }),
      total('Query.me', 2, { line: '1', document: 'd2', operation: 'B' }),
      total('Query.me', 9, { line: '11' }),
    ]);
    expect(usage.inLine(1)).toMatchObject([
      {
        name: 'web',
        count: 7,
        first: hour(0),
        documents: [
          { name: 'A', count: 5 },
          { name: 'B', count: 2 },
        ],
      },
    ]);
    expect(usage.inLine(2)).toEqual([]);
    expect(usage.knowsLines).toBe(true);
    for (const some of [[], [total('Query.me', 5)], [total('Query.me', 5), total('Query.me', 5, { line: '2' })]])
      expect(new Usage(some).knowsLines).toBe(false);
  });

  it('knows whether there is any', () => {
    expect(new Usage([])).toMatchObject({ hasData: false, first: undefined, last: undefined });
    expect(new Usage([total('A', 1)])).toMatchObject({ hasData: true, first: hour(1), last: hour(2) });
  });
});
