// `npm run bench -- WHAT`: measures on this machine, and prints what it measured.
import { benchmarks } from './benchmarks.ts';

const args = process.argv.slice(2);
const name = args[0] === undefined || args[0].startsWith('-') ? 'gateways' : args.shift();
const benchmark = benchmarks[name ?? ''];
if (benchmark === undefined) {
  console.error(`Usage: npm run bench [-- ${Object.keys(benchmarks).join('|')}] [flags]`);
  process.exit(2);
}
try {
  await benchmark(args);
} catch (error) {
  console.error(error);
  process.exit(1);
}
process.exit(0);
