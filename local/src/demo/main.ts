// `npm run demo [-- --url http://localhost:4000]`: a whole purchase against a running graph, one operation after the
// other, each with its answer. Exits 0 only when every answer is right.
import { styleText } from 'node:util';
import { createDemoClient } from './demo-client.ts';
import { demoUrl } from './demo-url.ts';
import { printAnswer, printStep } from './print.ts';
import { purchase } from './purchase.ts';

const args = process.argv.slice(2);
const url = demoUrl(args);
if (url === undefined) {
  console.error('Usage: npm run demo [-- --url http://localhost:4000]');
  process.exit(args.includes('--help') ? 0 : 1);
}
const client = createDemoClient(url);
const startedMs = performance.now();
let done = 0;
try {
  for (const { title, operation, run } of purchase) {
    done++;
    printStep(done, purchase.length, title, operation);
    printAnswer(await run(client));
  }
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  console.log(styleText(['green', 'bold'], `\n✔ ${done} operations, every answer as it should be (${seconds} s)`));
} catch (error) {
  console.error(styleText(['red', 'bold'], `\n✘ step ${done} of ${purchase.length} went wrong`));
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
