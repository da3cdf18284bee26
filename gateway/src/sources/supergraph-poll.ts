import type { SupergraphManager } from '@apollo/gateway';
import type { Logger, Metrics } from '@tributary/service-kit';
import type { LastGoodFile } from './last-good-file.ts';
import type { SupergraphSource } from './supergraph-source.ts';

export interface SupergraphPollParts {
  source: SupergraphSource;
  everyMs: number;
  /** Serves when the source has nothing at the start. */
  lastGood: LastGoodFile | undefined;
  log: Logger;
  metrics: Metrics;
}

/** Writers touch a folder several times for one change. */
const QUIET_MS = 50;
const MAX_WAIT_MS = 5 * 60_000;

/** Asks a source again and again, for ever longer pauses while it fails, and at once when it says that it has changed. */
export class SupergraphPoll implements SupergraphManager {
  readonly #parts: SupergraphPollParts;
  readonly #stopping = new AbortController();
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;
  #dueMs = Number.POSITIVE_INFINITY;
  #turn: Promise<void> | undefined;
  #isDirty = false;
  #unwatch: (() => void) | undefined;
  #update: (supergraphSdl: string) => void = () => {};

  constructor(parts: SupergraphPollParts) {
    this.#parts = parts;
  }

  /** @throws SourceError when the source has nothing, and nothing was kept. */
  async initialize({ update }: Pick<Parameters<SupergraphManager['initialize']>[0], 'update'>) {
    this.#update = update;
    this.#unwatch = this.#parts.source.watch?.(() => this.#changed());
    const supergraphSdl = await this.#first();
    this.#schedule(this.#pauseMs);
    return { supergraphSdl, cleanup: () => this.#stop() };
  }

  get #pauseMs(): number {
    const { everyMs } = this.#parts;
    return Math.min(everyMs * 2 ** this.#failures, Math.max(everyMs, MAX_WAIT_MS));
  }

  async #first(): Promise<string> {
    const { source, lastGood, log, metrics } = this.#parts;
    try {
      const text = await source.read(this.#stopping.signal);
      this.#report(undefined);
      return text ?? '';
    } catch (error) {
      const kept = lastGood?.read();
      if (kept === undefined) {
        await this.#stop();
        throw error;
      }
      this.#report(error as Error);
      metrics.get('graph_supergraph_is_last_good').set(1);
      log.warn({ file: lastGood?.path }, 'the last good supergraph serves: its source has none');
      return kept;
    }
  }

  #schedule(ms: number): void {
    const dueMs = performance.now() + ms;
    if (this.#stopping.signal.aborted || dueMs >= this.#dueMs) return;
    clearTimeout(this.#timer);
    this.#dueMs = dueMs;
    this.#timer = setTimeout(() => {
      this.#dueMs = Number.POSITIVE_INFINITY;
      this.#turn = this.#ask();
    }, ms);
  }

  #changed(): void {
    this.#isDirty = true;
    if (this.#turn === undefined) this.#schedule(QUIET_MS);
  }

  async #ask(): Promise<void> {
    this.#isDirty = false;
    try {
      const text = await this.#parts.source.read(this.#stopping.signal);
      this.#report(undefined);
      if (text !== undefined && !this.#stopping.signal.aborted) this.#offer(text);
    } catch (error) {
      if (!this.#stopping.signal.aborted) this.#report(error as Error);
    } finally {
      this.#turn = undefined;
      this.#schedule(this.#isDirty ? QUIET_MS : this.#pauseMs);
    }
  }

  #offer(supergraphSdl: string): void {
    try {
      this.#update(supergraphSdl);
    } catch {
      // Whoever refuses it says why.
    }
  }

  /** Of failures one after the other, the first is worth a line. */
  #report(error: Error | undefined): void {
    const { source, log, metrics } = this.#parts;
    metrics.get('external_service_up').set({ service: 'supergraph' }, error === undefined ? 1 : 0);
    if (error === undefined) {
      if (this.#failures > 0) log.info({ source: source.name }, 'supergraph source answers again');
      this.#failures = 0;
    } else if (this.#failures++ === 0) {
      log.warn({ source: source.name, reason: error.message }, 'supergraph source has nothing: what was had stays');
    }
  }

  async #stop(): Promise<void> {
    this.#stopping.abort();
    clearTimeout(this.#timer);
    this.#unwatch?.();
    await this.#turn;
  }
}
