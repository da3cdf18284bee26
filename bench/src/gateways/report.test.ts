import { describe, expect, it } from 'vitest';
import type { Contender } from './contenders/contender.ts';
import { CONTENDERS } from './contenders/contenders.ts';
import type { Mode } from './flags.ts';
import type { Figures } from './measure.ts';
import { OPERATIONS, type Operation } from './operations.ts';
import { markdownReport, toRow } from './report.ts';

const figures = (cpuMs: number, subgraphRequests = 16, othersShare = 0.031): Figures => ({
  requests: 100,
  requestsPerSecond: 1000 / cpuMs,
  p50Ms: cpuMs * 2,
  p99Ms: cpuMs * 3,
  cpuMs,
  subgraphCpuMs: 1,
  loadCpuMs: 0.5,
  peakMemoryMib: 200.4,
  subgraphRequests,
  othersShare,
});

const row = (contender: number, mode: Mode, rounds: Figures[]) =>
  toRow({
    mode,
    operation: OPERATIONS[0] as Operation,
    gateway: { contender: CONTENDERS[contender] as Contender, sharing: mode === 'sharing', port: 1, pid: 1 },
    answer: { bytes: 87_471, stampedBytes: 97_218, subgraphRequests: 16, subgraphBytes: 23_456 },
    rounds,
  });

describe('the report', () => {
  it('takes the median of each figure', () => {
    const { medians, rounds } = row(0, 'off', [figures(900), figures(20), figures(10)]);
    expect(medians).toMatchObject({ cpuMs: 20, requestsPerSecond: 50, p99Ms: 60 });
    expect(rounds).toHaveLength(3);
  });

  it('is a table for each operation and mode', () => {
    const rows = [
      row(0, 'off', [figures(22.44)]),
      row(1, 'off', [figures(7)]),
      row(1, 'distinct', [figures(8)]),
      row(1, 'sharing', [figures(0.1234, 0.456, 0.704)]),
    ];
    const [head, ...tables] = markdownReport(rows, { seconds: 5, rounds: 3 }).split('\n\n**');
    expect(head).toMatch(
      /; 50 connections, medians of 3 rounds of 5 s; other processes had 3 % \(in runs 3 % to 70 %\) of the CPU time$/,
    );
    expect(tables.map((table) => table.split('\n')[0])).toEqual([
      'heavy, identical requests, every in-flight sharing off** (answer 87.5 KB)',
      'heavy, distinct requests, no bytes of two answers alike** (answer 97.2 KB)',
      'heavy, identical requests, in-flight sharing on** (answer 87.5 KB)',
    ]);
    expect(tables[0]?.split('\n').slice(4)).toEqual([
      '| @apollo/gateway in @apollo/server | 22.4 | 45 | 44.9 | 67.3 | 200 | 16 | 23.5 KB |',
      '| Hive Gateway | 7.00 | 143 | 14.0 | 21.0 | 200 | 16 | 23.5 KB |',
    ]);
    expect(tables[2]).toContain('| Hive Gateway | 0.123 | 8104 | 0.247 | 0.370 | 200 | 0.46 | 23.5 KB |');
  });
});
