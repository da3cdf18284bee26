import type { IncomingHttpHeaders } from 'node:http';
import { CLIENT_NAME, CLIENT_VERSION } from '@tributary/service-kit';

/** Who asks, as it calls itself. */
export interface Client {
  readonly name: string;
  readonly version: string;
}

/** Longer ones are not even looked up. */
const MAX_LENGTH = 65;

const UNKNOWN = 'unknown';

/** What counts as one client where there are more clients and documents than are told apart. */
export const OTHER: Client = { name: 'other', version: '' };

/** Headers that were seen are known again without being read, so many of them at most. */
const MAX_KNOWN = 1000;

/** Clients by their headers, each as one object. What has not the form of a name or version is left out, not cut. */
export class Clients {
  readonly #known = new Map<string, Client>();

  of(headers: IncomingHttpHeaders): Client {
    const name = textOf(headers['apollographql-client-name']);
    const version = textOf(headers['apollographql-client-version']);
    const key = `${name}\n${version}`;
    return this.#known.get(key) ?? this.#add(key, name, version);
  }

  #add(key: string, name: string, version: string): Client {
    const client = {
      name: CLIENT_NAME.test(name) ? name : UNKNOWN,
      version: CLIENT_VERSION.test(version) ? version : '',
    };
    // Headers of another kind each time are one client all the same.
    const same = `${client.name}\n${client.version}`;
    const known = this.#known.get(same) ?? client;
    if (this.#known.size >= MAX_KNOWN) this.#known.clear();
    this.#known.set(same, known).set(key, known);
    return known;
  }
}

const textOf = (header: string | string[] | undefined): string =>
  typeof header === 'string' && header.length <= MAX_LENGTH ? header : '';
