import { until } from '../../packages/service-kit/src/testing/until.ts';
import type { Container } from './container.ts';
import type { Load } from './load.ts';

/** The grace period of the chart's pods. */
const GRACE_MS = 30_000;
const BEFORE = 40;

/**
 * Stops a container while requests run.
 *
 * @returns a line that says how it went
 * @throws Error unless everything that it had taken was answered, and it ended by itself, in time and with 0
 */
export async function stopUnderLoad(container: Container, load: Load): Promise<string> {
  await until(`${BEFORE} answers of ${container.name}`, () => load.sent.length >= BEFORE, 60_000);
  const stoppedMs = performance.now();
  const ended = await container.stop();
  await load.stop();
  const wrong = load.sent.flatMap(({ outcome }) => (typeof outcome === 'object' ? [outcome.wrong] : []));
  const lost = load.sent.filter(({ atMs, outcome }) => atMs < stoppedMs && outcome !== 'answered');
  if (wrong.length > 0 || lost.length > 0) {
    throw new Error(`${container.name} lost ${lost.length} requests when it was stopped: ${wrong[0]}`);
  }
  if (ended.exitCode !== 0 || ended.tookMs > GRACE_MS) {
    throw new Error(`${container.name} ended with ${ended.exitCode} after ${Math.round(ended.tookMs)} ms.`);
  }
  const answered = load.sent.filter(({ outcome }) => outcome === 'answered');
  const later = answered.filter(({ atMs }) => atMs >= stoppedMs).length;
  return `${container.name}: ${answered.length} requests, ${later} of them after SIGTERM, all answered; ended in ${Math.round(ended.tookMs)} ms`;
}
