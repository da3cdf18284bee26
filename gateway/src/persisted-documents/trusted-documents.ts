import { hash } from 'node:crypto';

/** A document that an operator has registered. */
export interface TrustedDocument {
  /** As its manifest calls it; where none does, its hash. */
  readonly id: string;
  readonly text: string;
  /** The application that sends it; undefined where its manifest names none. */
  readonly app: string | undefined;
  /** Of its operations. */
  readonly names: readonly string[];
}

type Index = Map<string, TrustedDocument[]>;

/** All trusted documents at one time, by id, by SHA-256 and by text. */
export class TrustedDocuments {
  /** By id and by hash. */
  readonly #byId: Index = new Map();
  readonly #byText: Index = new Map();
  readonly #bindClient: boolean;

  constructor(documents: readonly TrustedDocument[], bindClient: boolean) {
    this.#bindClient = bindClient;
    for (const document of documents) {
      const hashed = sha256Of(document.text);
      add(this.#byId, document.id, document);
      if (document.id !== hashed) add(this.#byId, hashed, document);
      add(this.#byText, document.text, document);
    }
  }

  /** The text that an id or a hash stands for. Two applications may call different texts by one id. */
  textOf(id: string, client: string): string | undefined {
    return this.#choose(this.#byId.get(id), client)?.text;
  }

  /** Whether it is, character by character, a trusted one. */
  hasText(text: string, client: string): boolean {
    return this.#choose(this.#byText.get(text), client) !== undefined;
  }

  #choose(documents: readonly TrustedDocument[] | undefined, client: string): TrustedDocument | undefined {
    if (documents === undefined) return undefined;
    const own = documents.find(({ app }) => app === client) ?? documents.find(({ app }) => app === undefined);
    return own ?? (this.#bindClient ? undefined : documents[0]);
  }
}

export const sha256Of = (text: string): string => hash('sha256', text);

function add(index: Index, key: string, document: TrustedDocument): void {
  const known = index.get(key);
  if (known === undefined) index.set(key, [document]);
  else known.push(document);
}
