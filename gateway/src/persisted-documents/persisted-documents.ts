import { type Component, ConfigError, type Logger, type Metrics } from '@tributary/service-kit';
import type { PersistedDocumentsConfig } from '../config/persisted-documents-config.ts';
import type { KnownOperation } from '../engine/generation.ts';
import { AutomaticDocuments } from './automatic-documents.ts';
import { folderSource } from './folder-source.ts';
import { manifestSource } from './manifest-source.ts';
import { type TrustedDocument, TrustedDocuments } from './trusted-documents.ts';
import { WatchedDocuments } from './watched-documents.ts';

/** Labels of metrics are bounded, however many documents there are. */
const MAX_NAMES = 1000;
/** As many documents are kept parsed. */
const MAX_KNOWN = 1000;

/** The documents that clients may name by a hash or an id: those that are trusted, and those that clients registered. */
export class PersistedDocuments implements Component {
  readonly name = 'persisted documents';
  readonly mode: PersistedDocumentsConfig['mode'];
  /** Undefined where it is off, and where only trusted documents are executed: nobody registers one then. */
  readonly automatic: AutomaticDocuments | undefined;
  readonly #watched: WatchedDocuments;
  #trusted: TrustedDocuments | undefined;
  #operations: ReadonlySet<string> = new Set();
  #clients: ReadonlySet<string> = new Set();
  #known: readonly KnownOperation[] = [];
  #changed: () => unknown = () => {};

  /**
   * @param automaticBytes for texts that clients have registered, where the configuration does not say
   * @throws ConfigError where what is not trusted is to be told apart, and nothing is trusted.
   */
  constructor(
    config: PersistedDocumentsConfig,
    automaticBytes: number,
    { log, metrics }: { log: Logger; metrics: Metrics },
  ) {
    const { automatic, mode, folder, manifest, bindClient } = config;
    const sources = [
      ...(folder === undefined ? [] : [folderSource(folder)]),
      ...(manifest === undefined ? [] : [manifestSource(manifest)]),
    ];
    if (mode !== 'allow' && sources.length === 0) {
      throw new ConfigError(`persistedDocuments: the mode ${mode} expects a folder or a manifest`);
    }
    this.mode = mode;
    this.automatic =
      automatic.enabled && mode !== 'only' ? new AutomaticDocuments(automatic.maxBytes ?? automaticBytes) : undefined;
    this.#watched = new WatchedDocuments({
      sources,
      everyMs: config.poll,
      areNeeded: mode === 'only',
      log,
      metrics,
      changed: (documents) => {
        this.#trusted = new TrustedDocuments(documents, bindClient);
        this.#nameAll(documents);
        this.#known = operationsOf(documents);
        this.#changed();
        log.info({ documents: documents.length }, 'trusted documents read');
      },
    });
  }

  /** As they are now; undefined where there are none. */
  get trusted(): TrustedDocuments | undefined {
    return this.#trusted;
  }

  /** Names of the trusted documents' operations. */
  get operations(): ReadonlySet<string> {
    return this.#operations;
  }

  /** The applications that they are of. */
  get clients(): ReadonlySet<string> {
    return this.#clients;
  }

  /** Operations of trusted documents, to be planned before they are asked for; so many of them at most as plans are kept. */
  get known(): readonly KnownOperation[] {
    return this.#known;
  }

  /** @param changed is told whenever the trusted documents are others */
  onChanged(changed: () => unknown): void {
    this.#changed = changed;
  }

  /** @throws ConfigError */
  start(): Promise<void> {
    return this.#watched.start();
  }

  stop(): Promise<void> {
    return this.#watched.stop();
  }

  #nameAll(documents: readonly TrustedDocument[]): void {
    this.#operations = new Set([...new Set(documents.flatMap(({ names }) => names))].slice(0, MAX_NAMES));
    this.#clients = new Set([...new Set(documents.flatMap(({ app }) => app ?? []))].slice(0, MAX_NAMES));
  }
}

function operationsOf(documents: readonly TrustedDocument[]): KnownOperation[] {
  const operations = documents.flatMap(({ app, id, text, names }) =>
    (names.length === 0 ? [undefined] : names).map((operationName) => ({
      ...{ name: `${app ?? 'any'}/${operationName ?? id}`, text, operationName },
    })),
  );
  // A document may be trusted in several spellings.
  return [...new Map(operations.map((known) => [known.name, known])).values()].slice(0, MAX_KNOWN);
}
