import type { KeyObject } from 'node:crypto';
import { cpuTimeOf, machineCpuTime, peakMemoryOf, resetPeakMemory, threadTimeOf } from '../process-usage.ts';
import { quantile } from '../statistics.ts';
import type { CheckedAnswer } from './check-answers.ts';
import type { RunningContender } from './contenders/start-contender.ts';
import type { Fixtures } from './fixtures/start-fixtures.ts';
import type { Mode } from './flags.ts';
import type { LoadThread } from './load/start-load-thread.ts';
import type { Operation } from './operations.ts';

/** A row of the report: one operation at one gateway, in one mode. */
export interface Case {
  readonly mode: Mode;
  readonly operation: Operation;
  readonly gateway: RunningContender;
  readonly answer: CheckedAnswer;
}

/** What one run of a case showed. */
export interface Figures {
  readonly requests: number;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** CPU time of the gateway's process for one request, in all its threads. */
  readonly cpuMs: number;
  /** The same of the process that all subgraphs are in. */
  readonly subgraphCpuMs: number;
  /** The same of the benchmark's own process, where the load comes from. */
  readonly loadCpuMs: number;
  readonly peakMemoryMib: number;
  /** For one request of a client. */
  readonly subgraphRequests: number;
  /** Of the machine's CPU time, what neither the gateway nor subgraphs nor load had: others made the run slower. */
  readonly othersShare: number;
}

export interface Bench {
  readonly load: LoadThread;
  readonly fixtures: Fixtures;
  readonly privateKey: KeyObject;
  /** `next`: the first that no request has had. */
  readonly stamps: { next: number };
}

export const CONNECTIONS = 50;
/**
 * Identical requests that share what is in flight take a small part of what one takes alone. One alone may take one more
 * than each does under load: there subgraphs take longer, so the gateway waits longer for a request to send along (7, then 6).
 */
const LEAST_OF_ONE = 0.75;

/** @throws Error when an answer is wrong, or a gateway shares requests where it must not */
export async function measure(
  { mode, operation, gateway, answer }: Case,
  seconds: number,
  { load, fixtures, privateKey, stamps }: Bench,
): Promise<Figures> {
  const distinct = mode === 'distinct';
  resetPeakMemory(gateway.pid);
  const countsBefore = await fixtures.counts();
  const usage = () => ({
    gateway: threadTimeOf(gateway.pid),
    subgraphs: fixtures.cpuMs(),
    load: cpuTimeOf(process.pid),
    machine: machineCpuTime(),
  });
  const before = usage();
  const { latencies, elapsedMs } = await load.generate({
    port: gateway.port,
    operation,
    connections: CONNECTIONS,
    seconds,
    firstStamp: distinct ? stamps.next : undefined,
    answerBytes: distinct ? answer.stampedBytes : answer.bytes,
    privateKey,
  });
  const after = usage();
  const cpu = after.gateway - before.gateway;
  const subgraphCpu = after.subgraphs - before.subgraphs;
  const used = after.machine.usedMs - before.machine.usedMs;
  const loadCpu = after.load - before.load;
  const counts = await fixtures.counts();
  const requests = latencies.length;
  if (distinct) stamps.next += requests;
  const subgraphRequests = (counts.requests - countsBefore.requests) / requests;
  if (mode !== 'sharing' && subgraphRequests < answer.subgraphRequests * LEAST_OF_ONE) {
    throw new Error(
      `${gateway.contender.name} shares what is in flight: ${operation.name} takes ${answer.subgraphRequests} subgraph requests, and under load ${subgraphRequests.toFixed(2)}`,
    );
  }
  return {
    requests,
    requestsPerSecond: requests / (elapsedMs / 1000),
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    cpuMs: cpu / requests,
    subgraphCpuMs: subgraphCpu / requests,
    loadCpuMs: loadCpu / requests,
    peakMemoryMib: peakMemoryOf(gateway.pid),
    subgraphRequests,
    othersShare: Math.max(0, used - cpu - subgraphCpu - loadCpu) / (after.machine.allMs - before.machine.allMs),
  };
}
