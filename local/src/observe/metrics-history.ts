import { PrometheusText, type Series } from './prometheus-text.ts';

export interface ObservedService {
  name: string;
  /** Base URL of its admin port. */
  adminUrl: string;
}

export interface Scrape {
  atMs: number;
  samples: ReadonlyMap<Series, number>;
}

/** A look within this time of the last one finds nothing new. */
const APART_MS = 2000;
const KEPT_MS = 5 * 60_000;
const TIMEOUT_MS = 2000;
const MAX_BYTES = 4 * 1024 * 1024;

/** What the services' `/metrics` told at the last looks. Nobody is asked while nobody looks. */
export class MetricsHistory {
  readonly services: readonly ObservedService[];
  readonly #isWanted: (name: string) => boolean;
  readonly #reader = new PrometheusText();
  #looking: Promise<void> | undefined;
  /** Oldest first. Counters were nothing when the services started. */
  scrapes: readonly Scrape[] = [{ atMs: Date.now(), samples: new Map() }];
  /** Names of those that did not answer at the last look. */
  silent: readonly string[] = [];

  /** Keeps only metrics whose name `isWanted`. */
  constructor(services: readonly ObservedService[], isWanted: (name: string) => boolean) {
    this.services = services;
    this.#isWanted = isWanted;
  }

  /** Asks all services, unless that was done just now; several at a time share one answer. */
  look(): Promise<void> {
    if (Date.now() - (this.scrapes.at(-1)?.atMs ?? 0) < APART_MS && this.scrapes.length > 1) return Promise.resolve();
    this.#looking ??= this.#scrape().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #scrape(): Promise<void> {
    const texts = await Promise.all(this.services.map(({ adminUrl }) => metricsOf(adminUrl).catch(() => undefined)));
    const atMs = Date.now();
    const samples = this.#reader.read(texts.join('\n'), this.#isWanted);
    this.silent = this.services.filter((_, index) => texts[index] === undefined).map(({ name }) => name);
    // The one before the kept time is what the first rate within it is measured from.
    const first = this.scrapes.findLastIndex((scrape) => scrape.atMs < atMs - KEPT_MS);
    this.scrapes = [...this.scrapes.slice(Math.max(0, first)), { atMs, samples }];
  }
}

async function metricsOf(adminUrl: string): Promise<string> {
  const response = await fetch(`${adminUrl}/metrics`, {
    headers: { accept: 'text/plain' },
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > MAX_BYTES) throw new Error('too many metrics');
  }
  if (!response.ok) throw new Error(`status ${response.status}`);
  return text;
}
