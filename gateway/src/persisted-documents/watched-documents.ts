import { ConfigError, type Logger, type Metrics } from '@tributary/service-kit';
import type { DocumentSource } from './document-source.ts';
import type { TrustedDocument } from './trusted-documents.ts';

export interface WatchedDocumentsParts {
  sources: readonly DocumentSource[];
  everyMs: number;
  /** Whether nothing can be answered without them. */
  areNeeded: boolean;
  log: Logger;
  metrics: Metrics;
  /** Told all documents of all sources whenever they are others. */
  changed(documents: readonly TrustedDocument[]): void;
}

/** Writers touch a folder several times for one change. */
const QUIET_MS = 50;

/** Reads sources at the start, when they say that they have changed, and again and again. What was had stays. */
export class WatchedDocuments {
  readonly #parts: WatchedDocumentsParts;
  readonly #stopping = new AbortController();
  readonly #had = new Map<DocumentSource, readonly TrustedDocument[]>();
  readonly #failing = new Set<DocumentSource>();
  #unwatch: (() => void)[] = [];
  #timer: NodeJS.Timeout | undefined;
  #turn: Promise<void> | undefined;
  #isDirty = false;

  constructor(parts: WatchedDocumentsParts) {
    this.#parts = parts;
  }

  /** @throws ConfigError for a folder that cannot be used; for a manifest too where documents are needed. */
  async start(): Promise<void> {
    const { sources, areNeeded } = this.#parts;
    if (sources.length === 0) return;
    this.#unwatch = sources.flatMap((source) => source.watch?.(() => this.#noticed()) ?? []);
    await this.#readAll((source, error) => {
      if (!source.isLocal && !areNeeded) return;
      void this.stop();
      throw new ConfigError(`persistedDocuments: ${error.message}`);
    });
    this.#schedule(this.#isDirty ? QUIET_MS : this.#parts.everyMs);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    clearTimeout(this.#timer);
    for (const unwatch of this.#unwatch) unwatch();
    await this.#turn;
  }

  #noticed(): void {
    this.#isDirty = true;
    if (this.#turn === undefined && this.#timer !== undefined) this.#schedule(QUIET_MS);
  }

  #schedule(ms: number): void {
    clearTimeout(this.#timer);
    if (this.#stopping.signal.aborted) return;
    this.#timer = setTimeout(() => {
      this.#turn = this.#readAll()
        .catch((error: unknown) => this.#parts.log.error({ err: error }, 'trusted documents could not be taken over'))
        .finally(() => {
          this.#turn = undefined;
          this.#schedule(this.#isDirty ? QUIET_MS : this.#parts.everyMs);
        });
    }, ms);
    this.#timer.unref();
  }

  async #readAll(failed: (source: DocumentSource, error: Error) => void = () => {}): Promise<void> {
    const { sources, changed } = this.#parts;
    this.#isDirty = false;
    let hasChanged = false;
    for (const source of sources) {
      try {
        const documents = await source.read(this.#stopping.signal);
        this.#report(source, undefined);
        if (documents === undefined) continue;
        this.#had.set(source, documents);
        hasChanged = true;
      } catch (error) {
        if (this.#stopping.signal.aborted) return;
        this.#report(source, error as Error);
        failed(source, error as Error);
      }
    }
    if (hasChanged) changed([...this.#had.values()].flat());
  }

  /** Of failures one after the other, the first is worth a line. */
  #report(source: DocumentSource, error: Error | undefined): void {
    const { log, metrics } = this.#parts;
    if (error === undefined) {
      if (this.#failing.delete(source)) log.info({ source: source.name }, 'source of documents can be used again');
    } else if (!this.#failing.has(source)) {
      this.#failing.add(source);
      log.warn({ source: source.name, reason: error.message }, 'source of documents has none: what was had stays');
    }
    metrics.get('external_service_up').set({ service: 'documents' }, this.#failing.size === 0 ? 1 : 0);
  }
}
