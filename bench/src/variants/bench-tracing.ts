import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startProcess } from '../gateways/start-process.ts';
import { compareVariants } from './compare-variants.ts';

const LOOK_EVERY_MS = 20;

/** What tracing costs the gateway. */
export const benchTracing = (args: string[]): Promise<void> =>
  compareVariants(
    {
      name: 'tracing',
      column: 'Traces recorded',
      // One request to a subgraph, of which tracing is the largest part, and many.
      operations: ['light', 'heavy'],
      async variants(folder) {
        const endpoint = await startSink(folder);
        const traced = (sampleRatio: number) => ({ tracing: { enabled: true, sampleRatio, endpoint } });
        return [
          { title: 'off', settings: {} },
          // By how much it differs from itself is what the others' figures may be off.
          { title: 'off, again', settings: {} },
          { title: '10 %', settings: traced(0.1), most: 1.05 },
          { title: '100 %', settings: traced(1) },
        ];
      },
    },
    args,
  );

async function startSink(folder: string): Promise<string> {
  const logFile = join(folder, 'sink.log');
  const main = fileURLToPath(new URL('trace-sink.ts', import.meta.url));
  const { assertRuns } = startProcess('the sink', { args: [main] }, logFile);
  let line = '';
  while (!line.endsWith('\n')) {
    assertRuns();
    await delay(LOOK_EVERY_MS);
    line = readFileSync(logFile, 'utf8');
  }
  return line.trim();
}
