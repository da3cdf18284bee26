import { styleText } from 'node:util';
import type { Report } from './report.ts';

/** Prints a report for people. */
export function printReport(report: Report): void {
  const { orders, faults, metFaults, events, followers } = report;
  heading(`Orders: ${orders.total} placed, ${orders.answered} answers`);
  table(orders.byEnd);
  console.log('  requests without an answer, sent again, by their error:');
  table(orders.unanswered);
  heading(`Faults: ${faults.injected} beside the copies of events`);
  table(faults.byKind);
  console.log('  kills by process:');
  table(faults.processKills);
  console.log('  seconds away, all together:');
  table(faults.outageSeconds);
  if (Object.keys(report.endedAlone).length > 0) {
    console.log('  ended by themselves (their database was away, or its connection lost, when they started):');
    table(report.endedAlone);
  }
  heading(`Met a fault: ${metFaults.met} of ${metFaults.orders} orders`);
  table({
    'interrupted by a kill': metFaults.interrupted,
    'an event of it published again': metFaults.publishedAgain,
    'a call to the provider for it lost': metFaults.callLost,
    'open while broker or database were away': metFaults.openInOutage,
    '(for comparison) open while any process was down': metFaults.openInAny,
  });
  heading(
    `Named steps: ${Object.values(report.steps).filter((hits) => hits > 0).length} of ${Object.keys(report.steps).length} hit`,
  );
  table(report.steps);
  heading('Events');
  table({
    'delivered again after a crash or a failure': events.redelivered,
    'known already, without effect': events.repeated,
    'dead letters': events.deadLetters,
  });
  heading('Customers who follow what they order');
  for (const [way, orders] of Object.entries(followers.orders)) table({ [`orders followed by ${way}`]: orders });
  table({ 'results that they were told': followers.told, 'connections made again': followers.returns });
  heading('Trial balance, in minor units');
  for (const { account, currency, debit, credit } of report.trialBalance) {
    console.log(`  ${account.padEnd(20)} ${currency} ${String(debit).padStart(12)} ${String(credit).padStart(12)}`);
  }
  const sum = (side: 'debit' | 'credit') => report.trialBalance.reduce((total, row) => total + row[side], 0);
  console.log(`  ${'sum'.padEnd(24)} ${String(sum('debit')).padStart(12)} ${String(sum('credit')).padStart(12)}`);
  verdict(report);
}

function verdict({ passed, failures, violations, seed, seconds, samples, convergedSeconds }: Report): void {
  heading('Verdict');
  console.log(`  checked ${samples} times while faults went on`);
  console.log(
    convergedSeconds === null
      ? '  did not converge'
      : `  every invariant holds ${convergedSeconds} s after the last fault`,
  );
  for (const failure of failures) console.log(styleText('red', `  ✘ ${failure}`));
  for (const { invariant, offences } of violations) {
    for (const { id, detail } of offences) console.log(`    ${invariant}: ${id} ${JSON.stringify(detail)}`);
  }
  const mark = passed ? styleText('green', '✔ passed') : styleText('red', '✘ failed');
  console.log(`\n${mark} in ${seconds} s, seed ${seed}`);
}

const heading = (text: string) => console.log(`\n${styleText('bold', text)}`);

function table(rows: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(rows)) console.log(`  ${String(value).padStart(7)}  ${name}`);
}
