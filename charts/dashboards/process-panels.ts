import { type Panel, timeSeries } from './panels.ts';
import { rate, select } from './queries.ts';

/** How busy a service's processes are: event loop, memory, CPU and garbage collection, a line each pod. */
export function processPanels(service: string): Panel[] {
  const own = `service="${service}"`;
  const perPod = (expr: string) => [{ expr, legend: '{{pod}}' }];
  return [
    timeSeries(
      'Event loop',
      'Share of the time in which the event loop was busy. Near 1 requests wait for each other: more pods, or less work.',
      perPod(`max by (pod) (${select('nodejs_eventloop_utilization', own)})`),
      {
        unit: 'percentunit',
        max: 1,
        steps: [
          [0.7, 'yellow'],
          [0.9, 'red'],
        ],
      },
    ),
    timeSeries(
      'Event loop lag, 99 %',
      'How late timers are. Every request of the pod waits at least so long.',
      perPod(`max by (pod) (${select('nodejs_eventloop_lag_p99_seconds', own)})`),
      { unit: 's', steps: [[0.1, 'red']] },
    ),
    timeSeries(
      'CPU',
      'Cores in use. One process runs JavaScript on one core; planning, compression and garbage collection take others.',
      perPod(rate('process_cpu_seconds_total', own, 'pod')),
      { unit: 'short' },
    ),
    timeSeries(
      'Heap in use',
      'What grows and does not fall after a collection is a leak.',
      perPod(`max by (pod) (${select('nodejs_heap_size_used_bytes', own)})`),
      { unit: 'bytes' },
    ),
    timeSeries(
      'Resident memory',
      'What the kernel counts against the memory limit of the container.',
      perPod(`max by (pod) (${select('process_resident_memory_bytes', own)})`),
      { unit: 'bytes' },
    ),
    timeSeries(
      'Garbage collection',
      'Share of the time spent on it, by kind, over all pods.',
      [{ expr: rate('nodejs_gc_duration_seconds_sum', own, 'kind'), legend: '{{kind}}' }],
      { unit: 'percentunit', stacked: true },
    ),
  ];
}
