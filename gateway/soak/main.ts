// `npm run soak`: a gateway in a process of its own under mixed load, while a subgraph misbehaves in every way and supergraphs
// change. Exits 0 only when nothing grows and nothing is left over.
import { ConfigError } from '@tributary/service-kit';
import { MEMORY_FROM_MINUTES } from './judge.ts';
import { soakOptions } from './options.ts';
import { runSoak } from './run-soak.ts';

try {
  const { seconds, memoryBytes } = soakOptions(process.argv.slice(2));
  const findings = await runSoak(seconds, memoryBytes, console.log);
  for (const finding of findings) console.log(`✘ ${finding}`);
  const isLong = seconds >= MEMORY_FROM_MINUTES * 60;
  const sound = isLong
    ? '✔ nothing grows, nothing is left over'
    : '✔ nothing is left over, and what is live does not grow; of what is resident so short a run says nothing';
  console.log(findings.length === 0 ? sound : `${findings.length} findings`);
  process.exit(findings.length === 0 ? 0 : 1);
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(error.message);
  process.exit(2);
}
