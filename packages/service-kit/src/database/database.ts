import { AsyncLocalStorage } from 'node:async_hooks';
import type { Tracer } from '@opentelemetry/api';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import type { Component } from '../lifecycle/lifecycle.ts';
import type { Metrics } from '../metrics/metrics.ts';

/** Drizzle over either engine; a store takes this, so that it runs inside and outside of a transaction. */
export type Db = PgDatabase<PgQueryResultHKT>;

export interface Database extends Component {
  /** For single statements. Not inside `transaction`: there, only its own `tx` may be used. */
  readonly db: Db;
  /**
   * Runs `work` in one transaction, which commits when it resolves and rolls back when it throws. Within it, awaiting
   * anything but `tx` deadlocks an embedded database and holds locks on a real one, so a query outside of `tx`, a
   * nested transaction, and whatever calls `refuseInsideTransaction` throw.
   */
  transaction<T>(work: (tx: Db) => Promise<T>): Promise<T>;
  /** Applies the migrations that are missing, one process at a time. */
  migrate(): Promise<void>;
  /** Resolves when the database answers. */
  ping(): Promise<void>;
  /**
   * Calls `listener` when anybody notifies `channel`, and whenever a notice may have been missed, until the returned
   * function is called. Not there where no other process can use the database.
   */
  listen?(channel: string, listener: () => void): Promise<() => Promise<void>>;
  /** Calls `listener` for each statement until the returned function is called. */
  onStatement(listener: StatementListener): () => void;
}

export type StatementListener = (statement: { service: string; sql: string }) => void;

export interface DatabaseOptions {
  /** Name of the service: its schema, its role, its bookkeeping table. */
  service: string;
  /** The folder that drizzle-kit generated. */
  migrationsFolder: string;
  /** Of what statements become spans (see `statementSpans`). Default: of none. */
  tracer?: Tracer | undefined;
  /** Where a pool of connections is measured; an embedded database has none. Default: nowhere. */
  metrics?: Metrics | undefined;
}

const openTransaction = new AsyncLocalStorage<{ afterCommit: Set<() => void> }>();

/** Throws when the caller is inside a database transaction; for everything that must not wait there. */
export function refuseInsideTransaction(what: string): void {
  if (openTransaction.getStore() !== undefined) {
    throw new Error(`${what} inside a database transaction: only its own tx may be awaited there`);
  }
}

/** Calls `action` once the open transaction has committed; an action that is given twice is called once. */
export function afterCommit(action: () => void): void {
  const transaction = openTransaction.getStore();
  if (transaction === undefined) throw new Error('afterCommit outside a database transaction');
  transaction.afterCommit.add(action);
}

/** What both engines share: the mark on open transactions, and the actions after commit. */
export async function runInTransaction<T>(
  begin: (run: (tx: Db) => Promise<T>) => Promise<T>,
  work: (tx: Db) => Promise<T>,
): Promise<T> {
  refuseInsideTransaction('A transaction');
  const transaction = { afterCommit: new Set<() => void>() };
  const result = await begin((tx) => openTransaction.run(transaction, () => work(tx)));
  for (const action of transaction.afterCommit) action();
  return result;
}

/** Passes everything on to `client`, but refuses to start `methods` inside a transaction. */
export function guardClient<C extends object>(client: C, methods: readonly string[]): C {
  return new Proxy(client, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        if (methods.includes(String(property))) refuseInsideTransaction('A query');
        return Reflect.apply(value, target, args);
      };
    },
  });
}

/** Drizzle's logger as a list of listeners. */
export class StatementListeners {
  readonly #listeners = new Set<StatementListener>();
  readonly #service: string;

  constructor(service: string) {
    this.#service = service;
  }

  logQuery(sql: string): void {
    for (const listener of this.#listeners) listener({ service: this.#service, sql });
  }

  add(listener: StatementListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** Where each service's list of applied migrations is: a schema for all of them, a table for each. */
export const MIGRATIONS_SCHEMA = 'migrations';
