import { cpus } from 'node:os';
import { quantile } from '../statistics.ts';
import type { StatementCounts } from './count-statements.ts';
import type { Placed } from './place-orders.ts';

interface Measured extends Placed {
  times: number[];
}

export interface OrderFigures {
  orders: number;
  customers: number;
  cartStatements: StatementCounts;
  cartCalls: number;
  statements: StatementCounts;
  /** Of each process, in the run that goes as fast as it can. */
  cpuMs: ReadonlyMap<string, number>;
  full: Measured;
  paced: Measured;
}

export function printOrders({ orders, customers, full, paced, ...counts }: OrderFigures): void {
  console.log(
    `${orders} orders by ${customers} customers, PostgreSQL and NATS, ${cpus().length} cores, one process a service\n`,
  );
  console.log(row('', 'orders/s', 'to CONFIRMED p50', 'p99', 'placeOrder p50', 'p99'));
  console.log(row('as fast as it goes', ...figures(full)));
  console.log(row('at half of that pace', ...figures(paced)));
  console.log(`\nSQL statements an order, without those of filling the cart (BEGIN and COMMIT apart, transactions)`);
  let total = 0;
  let transactions = 0;
  for (const [service, { statements, begins }] of Object.entries(counts.statements)) {
    const cart = counts.cartStatements[service] ?? { statements: 0, begins: 0 };
    const each = statements / orders - cart.statements / counts.cartCalls;
    const eachBegin = begins / orders - cart.begins / counts.cartCalls;
    total += each;
    transactions += eachBegin;
    console.log(row(service, each.toFixed(1), eachBegin.toFixed(1)));
  }
  console.log(row('all', total.toFixed(1), transactions.toFixed(1)));
  console.log('\nCPU an order, in ms, with filling the cart; PostgreSQL and NATS not counted');
  for (const [name, ms] of counts.cpuMs) console.log(row(name, (ms / orders).toFixed(1)));
}

const figures = ({ perSecond, times, answerMs }: Measured): string[] => [
  perSecond.toFixed(1),
  ...[quantile(times, 0.5), quantile(times, 0.99), quantile(answerMs, 0.5), quantile(answerMs, 0.99)].map(
    (ms) => `${ms.toFixed(0)} ms`,
  ),
];

const row = (name: string, ...cells: string[]) =>
  name.padEnd(22) + cells.map((cell) => cell.padStart(cell.length > 12 ? 18 : 14)).join('');
