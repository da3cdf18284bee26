import { type CountVariables, type OperationUsage, operationUsage, variableUsage } from '@tributary/service-kit';
import type { GraphQLSchema, OperationDefinitionNode } from 'graphql';
import type { KnownDocument } from '../documents/document-cache.ts';
import type { Client } from '../identity/clients.ts';
import { othersFirst } from '../others-first.ts';
import type { PendingUsage } from './pending-usage.ts';

/** An operation that is valid by the schema, as a request asked for it. */
export interface CountedRequest {
  /** The version line that was asked; '' where there is none. */
  readonly line: string;
  readonly client: Client;
  readonly schema: GraphQLSchema;
  readonly document: KnownDocument;
  readonly operation: OperationDefinitionNode;
  /** As they were sent. They fit their types. */
  readonly variables: Readonly<Record<string, unknown>>;
}

export interface CounterLimits {
  /** Pairs of a client and a document that are told apart without having looked into the document. */
  pairs: number;
  /** Of documents that are held for that, however many they are; estimated. */
  documentBytes: number;
}

/** So long a settlement keeps others waiting at a time. */
const SLICE_MS = 1;

/** An operation that was asked for since the last settlement, and by whom. */
interface Asked {
  readonly line: string;
  readonly schema: GraphQLSchema;
  readonly document: KnownDocument;
  /** Undefined where its variables can hold nothing that counts. */
  readonly count: CountVariables | undefined;
  readonly tallies: Map<Client, Tally>;
}

interface Tally {
  requests: number;
  /** By coordinate. */
  readonly inVariables: Map<string, Held>;
}

interface Held {
  requests: number;
  /** The tally's request that was the last to count here: several of one request count once. */
  at: number;
}

/**
 * The counts on the way of a request: one number for each client and operation. What an operation uses is looked up
 * later, by `settle`, off the requests; earlier only where documents that nobody has seen come faster than they can be
 * held.
 */
export class UsageCounter {
  readonly #pending: PendingUsage;
  readonly #limits: CounterLimits;
  /** As long as the documents are in the gateway's cache. */
  readonly #usages = new WeakMap<OperationDefinitionNode, OperationUsage>();
  #asked = new Map<OperationDefinitionNode, Asked>();
  #pairs = 0;
  #documentBytes = 0;

  constructor(pending: PendingUsage, limits: CounterLimits) {
    this.#pending = pending;
    this.#limits = limits;
  }

  count(request: CountedRequest): void {
    const asked = this.#asked.get(request.operation);
    const tally = asked?.tallies.get(request.client);
    if (asked === undefined || tally === undefined) this.#countFirst(request, asked);
    else countAgain(tally, asked, request.variables);
  }

  /**
   * Hands everything that was counted on to the pending usage, what was asked for most first: where there is no room for
   * all, it is told apart. Others are answered in between.
   */
  async settle(): Promise<void> {
    const counted = [...this.#asked].flatMap(([operation, asked]) =>
      Array.from(asked.tallies, ([client, tally]) => ({ operation, ...asked, client, ...tally })),
    );
    this.#asked = new Map();
    this.#pairs = 0;
    this.#documentBytes = 0;
    counted.sort((a, b) => b.requests - a.requests);
    let sinceMs = performance.now();
    for (const { line, client, schema, document, operation, requests, inVariables } of counted) {
      const usage = this.#usageOf(schema, document, operation);
      this.#pending.add(line, client, usage, requests, inVariables.entries().map(requestsOf));
      if (performance.now() - sinceMs < SLICE_MS) continue;
      await othersFirst();
      sinceMs = performance.now();
    }
  }

  #countFirst(request: CountedRequest, known: Asked | undefined): void {
    const asked = known ?? this.#ask(request);
    if (asked === undefined || this.#pairs >= this.#limits.pairs) {
      this.#countAtOnce(request);
      return;
    }
    this.#pairs++;
    const tally = { requests: 0, inVariables: new Map<string, Held>() };
    asked.tallies.set(request.client, tally);
    countAgain(tally, asked, request.variables);
  }

  #ask({ line, schema, document, operation }: CountedRequest): Asked | undefined {
    if (this.#documentBytes + document.bytes > this.#limits.documentBytes) return undefined;
    this.#documentBytes += document.bytes;
    const tallies = new Map<Client, Tally>();
    const asked = { line, schema, document, count: variableUsage(schema, operation), tallies };
    this.#asked.set(operation, asked);
    return asked;
  }

  #countAtOnce({ line, client, schema, document, operation, variables }: CountedRequest): void {
    const held = new Map<string, number>();
    variableUsage(schema, operation)?.(variables, (coordinate) => held.set(coordinate, 1));
    this.#pending.add(line, client, this.#usageOf(schema, document, operation), 1, held, this.#pairs);
  }

  #usageOf(schema: GraphQLSchema, { document }: KnownDocument, operation: OperationDefinitionNode): OperationUsage {
    const usage = this.#usages.get(operation) ?? operationUsage(schema, document, operation);
    this.#usages.set(operation, usage);
    return usage;
  }
}

function countAgain(tally: Tally, { count }: Asked, variables: CountedRequest['variables']): void {
  const request = ++tally.requests;
  const { inVariables } = tally;
  count?.(variables, (coordinate) => {
    const held = inVariables.get(coordinate);
    if (held === undefined) inVariables.set(coordinate, { requests: 1, at: request });
    else if (held.at !== request) {
      held.at = request;
      held.requests++;
    }
  });
}

const requestsOf = ([coordinate, { requests }]: [string, Held]): [string, number] => [coordinate, requests];
