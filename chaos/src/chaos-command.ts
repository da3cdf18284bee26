import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runBugs } from './bugs/run-bugs.ts';
import { lifetimes } from './lifetimes.ts';
import type { Options } from './options.ts';
import { longProfile, shortProfile } from './profiles.ts';
import { printReport } from './report/print-report.ts';
import { createReport } from './report/report.ts';
import { runChaos } from './run-chaos.ts';
import { findNamedSteps } from './steps/named-steps.ts';

/**
 * One run in a folder of its own, which is removed when nothing is to be seen in it.
 *
 * @returns whether every invariant holds; with `bugs`, whether each bug was caught
 */
export async function chaosCommand(options: Options): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-chaos-'));
  // PostgreSQL, which may run as another user, has to get through to its own folder.
  chmodSync(folder, 0o711);
  const startedAt = performance.now();
  const progress = (line: string) =>
    console.log(`${((performance.now() - startedAt) / 1000).toFixed(0).padStart(4)} s  ${line}`);
  progress(`seed ${options.seed}, in ${folder}`);
  if (options.bugs) {
    const allCaught = await runBugs(folder, options.seed, progress);
    if (allCaught) rmSync(folder, { recursive: true });
    return allCaught;
  }
  const profile = options.long ? longProfile(options) : shortProfile(options);
  const result = await runChaos({
    ...{ profile, folder, progress, seed: options.seed },
    settings: lifetimes(profile.brokerOutage?.forMs ?? 0),
    steps: await findNamedSteps(),
  });
  const report = createReport(result, profile);
  printReport(report);
  if (options.json !== undefined) writeFileSync(options.json, JSON.stringify(report, null, 2));
  if (report.passed && !options.keep) rmSync(folder, { recursive: true });
  else console.log(`Logs, journals, databases and the provider's ledger are in ${folder}`);
  return report.passed;
}
