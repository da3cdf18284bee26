import { type Component, type Logger, type Metrics, periodicJob, type UsageStore } from '@tributary/service-kit';
import { PendingUsage } from './pending-usage.ts';
import { type CountedRequest, UsageCounter } from './usage-counter.ts';

export interface UsageRecorderParts {
  store: UsageStore;
  flushEveryMs: number;
  /** How long counts are kept. */
  keepMs: number;
  log: Logger;
  metrics: Metrics;
  /** Pairs of a client and a document that are told apart within one hour. Default 10 000. */
  maxPairs?: number;
  /** Of documents that may be held for the counts alone. Default 64 MiB. */
  documentBytes?: number;
}

/** An operation that was executed, and for whom. */
export interface ExecutedOperation extends Pick<CountedRequest, 'client' | 'document'> {
  /** Of the API's version that was asked for; undefined: none. */
  readonly line: { readonly major: number } | undefined;
  readonly view: Pick<CountedRequest, 'schema'>;
  readonly operation: CountedRequest['operation'] | undefined;
  readonly params: Pick<CountedRequest, 'variables'>;
}

const MAX_PAIRS = 10_000;
/** An application's document uses about so many coordinates. */
const COUNTS_PER_PAIR = 50;
/** As the cache of documents keeps in any case: held for the counts alone are only those that it has dropped. */
const DOCUMENT_BYTES = 64 * 1024 ** 2;

const PRUNE_EVERY_MS = 3_600_000;

/**
 * Counts what executed operations use of the schema, and hands the counts to the store: every `flushEveryMs`, and in the
 * end. What the store does not take is kept, up to the limits, and given again with the next flush. No request fails or
 * waits because of it.
 */
export class UsageRecorder implements Component {
  readonly name = 'usage';
  readonly #parts: UsageRecorderParts;
  readonly #pending: PendingUsage;
  readonly #counter: UsageCounter;
  readonly #jobs: readonly Component[];

  constructor(parts: UsageRecorderParts) {
    const { store, flushEveryMs, keepMs, log, metrics, maxPairs = MAX_PAIRS, documentBytes = DOCUMENT_BYTES } = parts;
    this.#parts = parts;
    const other = metrics.get('graph_usage_other_total');
    for (const outcome of ['written', 'failed']) metrics.counter('graph_usage_flushes_total', { outcome });
    this.#pending = new PendingUsage({ pairs: maxPairs, counts: maxPairs * COUNTS_PER_PAIR }, (requests) =>
      other.inc(requests),
    );
    this.#counter = new UsageCounter(this.#pending, { pairs: maxPairs, documentBytes });
    const prune = () => store.prune(new Date(Date.now() - keepMs));
    this.#jobs = [
      periodicJob({ name: 'flush usage', everyMs: flushEveryMs, run: () => this.#flush() }, log),
      periodicJob({ name: 'prune usage', everyMs: PRUNE_EVERY_MS, run: prune }, log),
    ];
  }

  count({ client, line: asked, view, document, operation, params }: ExecutedOperation): void {
    if (operation === undefined) return;
    const line = asked === undefined ? '' : String(asked.major);
    this.#counter.count({ line, client, schema: view.schema, document, operation, variables: params.variables });
  }

  async start(): Promise<void> {
    for (const job of this.#jobs) await job.start?.();
  }

  async stop(): Promise<void> {
    for (const job of this.#jobs) await job.stop?.();
    await this.#flush();
    const lost = this.#pending.take().length;
    if (lost > 0) this.#parts.log.error({ code: 'USAGE_LOST', buckets: lost }, 'counts of usage are lost');
    await this.#parts.store.close();
  }

  async #flush(): Promise<void> {
    const { store, log, metrics } = this.#parts;
    await this.#counter.settle();
    const buckets = this.#pending.take();
    if (buckets.length === 0) return;
    const flushes = metrics.get('graph_usage_flushes_total');
    try {
      await store.write(buckets);
      flushes.inc({ outcome: 'written' });
    } catch (err) {
      this.#pending.putBack(buckets);
      flushes.inc({ outcome: 'failed' });
      log.warn({ code: 'USAGE_NOT_WRITTEN', err, buckets: buckets.length }, 'counts of usage wait for the next flush');
    }
  }
}
