import { type Component, periodicJob, type ServiceKit } from '@tributary/service-kit';
import type { PaymentsConfig } from '../config.ts';
import type { PaymentProvider } from '../provider/payment-provider.ts';
import {
  beginRun,
  countOpenDifferences,
  type Difference,
  type DifferenceRow,
  endRun,
  findLastRun,
  findOpenDifferences,
  insertDifferences,
  insertResolutions,
  listOpenDifferencesOf,
  lockFindings,
  type ReconciliationRunRow,
} from '../store/reconciliation-store.ts';
import { DIFFERENCE_KINDS } from '../tables.ts';
import { type ComparedTime, type Comparison, compareBooks } from './compare-books.ts';

/** More than that is no list of differences: the wrong account is configured, or a table was lost. */
const MAX_DIFFERENCES = 1000;
/** Open ones that a run reads. */
const MAX_OPEN = 10_000;
/** How often it is looked whether a run is due: an instance that starts later than its neighbours need not wait a turn. */
const LOOK_EVERY_MS = 60_000;
/** Of the statement of one window. */
const STATEMENT_TIMEOUT_MS = 10 * 60_000;

/** Compares our books with the provider's, again and again; tells of differences, and moves no money. */
export interface Reconciliation extends Component {
  /** The run of this turn of the clock, unless it was begun before, here or by another instance. */
  run(): Promise<void>;
}

type Parts = Pick<ServiceKit, 'database' | 'log' | 'metrics'> & {
  config: Pick<PaymentsConfig, 'reconciliation'>;
  provider: Pick<PaymentProvider, 'statement'>;
};

export function createReconciliation({ database, log, metrics, config, provider }: Parts): Reconciliation {
  const { every, window, grace } = config.reconciliation;
  // The provider may have acted well before our ledger heard of it, so its statement reaches back further.
  const lookBackMs = window / 4;
  const stopping = new AbortController();
  const gauge = metrics.get('payment_reconciliation_differences');
  // From the database, so that every instance tells of what one of them has found.
  metrics.beforeScrape(async () => {
    const counted = await countOpenDifferences(database.db);
    for (const kind of DIFFERENCE_KINDS) gauge.set({ kind }, counted.find((row) => row.kind === kind)?.total ?? 0);
  });

  async function run(): Promise<void> {
    const reachMs = lookBackMs + grace;
    const begun = await beginRun(database.db, { everyMs: every, windowMs: window, reachMs });
    if (begun === undefined) return;
    const { since, startedAt } = begun;
    const time = {
      since,
      from: new Date(since.getTime() + lookBackMs),
      until: new Date(startedAt.getTime() - grace),
    };
    const windows = Math.ceil((startedAt.getTime() - since.getTime()) / window);
    const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(windows * STATEMENT_TIMEOUT_MS)]);
    const comparison: Comparison = { entries: 0, leftOut: new Set() };
    const found = new Map<string, Difference>();
    for await (const difference of compareBooks(database.db, provider.statement(since, signal), time, comparison)) {
      found.set(identityOf(difference), difference);
      if (found.size === MAX_DIFFERENCES) break;
    }
    await record(begun, time, found, comparison);
  }

  async function record(
    { id: runId, slot }: ReconciliationRunRow,
    time: ComparedTime,
    found: ReadonlyMap<string, Difference>,
    { entries, leftOut }: Comparison,
  ): Promise<void> {
    const isWhole = found.size < MAX_DIFFERENCES;
    const changes = await database.transaction(async (tx) => {
      await lockFindings(tx);
      const last = await findLastRun(tx);
      if (last !== undefined && last.slot > slot) return undefined;
      const keys = Array.from(found.values(), ({ key }) => key);
      const known = new Set((await findOpenDifferences(tx, keys, MAX_OPEN)).map(identityOf));
      const added = Array.from(found).flatMap(([identity, difference]) => (known.has(identity) ? [] : [difference]));
      // What this run has not looked at is as it was.
      const lookedFor = isWhole ? await listOpenDifferencesOf(tx, time, MAX_OPEN) : [];
      const gone = lookedFor.filter((row) => !leftOut.has(row.key) && !found.has(identityOf(row)));
      await insertDifferences(tx, runId, added);
      await insertResolutions(tx, runId, gone);
      if (isWhole) await endRun(tx, runId, entries);
      return { added, gone };
    });
    if (changes === undefined) return log.info({ run_id: runId }, 'reconciliation was overtaken by a later one');
    const { added, gone } = changes;
    for (const each of added) log.error({ run_id: runId, ...logFields(each) }, 'reconciliation difference');
    for (const each of gone) log.info({ run_id: runId, ...logFields(each) }, 'reconciliation difference resolved');
    if (!isWhole) log.error({ run_id: runId, found: found.size }, 'reconciliation gave up counting differences');
    log.info({ run_id: runId, entries, found: found.size, added: added.length, gone: gone.length }, 'reconciliation');
  }

  const job = periodicJob({ name: 'reconciliation', everyMs: Math.min(every, LOOK_EVERY_MS), run }, log);
  return {
    name: 'reconciliation',
    run,
    start: () => job.start?.(),
    async stop() {
      stopping.abort();
      await job.stop?.();
    },
  };
}

/** Two runs that find the same find one difference. */
const identityOf = (difference: Difference | DifferenceRow): string =>
  JSON.stringify([
    difference.kind,
    difference.key,
    difference.ourStatus,
    difference.ourMinor,
    difference.ourCurrency,
    difference.providerStatus,
    difference.providerMinor,
    difference.providerCurrency,
  ]);

const logFields = ({ kind, key, paymentId, ourMinor, providerMinor }: Difference | DifferenceRow) => ({
  kind,
  key,
  payment_id: paymentId,
  our_minor: ourMinor,
  provider_minor: providerMinor,
});
