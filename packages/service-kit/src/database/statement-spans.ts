import { SpanKind, type Tracer, trace } from '@opentelemetry/api';
import { inSpan } from '../tracing/tracing.ts';

/** A client of either engine, as far as statements go through it. */
interface StatementClient {
  query(statement: string | { text: string }, ...others: unknown[]): Promise<unknown>;
  /** Of an embedded database: its work runs on a client of its own. */
  transaction?(work: (client: StatementClient) => Promise<unknown>): Promise<unknown>;
}

/**
 * Passes everything on to `client`; statements that run inside of a recorded span become spans of it, by OpenTelemetry's
 * conventions for database clients. They have the statement's text, in which values are parameters, and no values. What
 * runs by itself (relays, jobs) begins no traces.
 */
export function statementSpans<C extends object>(client: C, tracer: Tracer | undefined): C {
  if (tracer === undefined) return client;
  return new Proxy(client, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        const call = (given: unknown[] = args) => Reflect.apply(value, target, given);
        if (property === 'query' && trace.getActiveSpan()?.isRecording()) {
          return inStatementSpan(tracer, textOf(args[0] as Parameters<StatementClient['query']>[0]), call);
        }
        if (property !== 'transaction') return call();
        const [work, ...others] = args as Parameters<NonNullable<StatementClient['transaction']>>;
        return call([(own: StatementClient) => work(statementSpans(own, tracer)), ...others]);
      };
    },
  });
}

const textOf = (statement: string | { text: string }) => (typeof statement === 'string' ? statement : statement.text);

function inStatementSpan<T>(tracer: Tracer, text: string, call: () => Promise<T>): Promise<T> {
  const { summary, ...attributes } = describeStatement(text);
  const options = { kind: SpanKind.CLIENT, attributes: { 'db.system.name': 'postgresql', ...attributes } };
  return inSpan(tracer, summary, options, async () => {
    try {
      return await call();
    } catch (error) {
      const { code } = Object(error) as { code?: unknown };
      if (typeof code === 'string') trace.getActiveSpan()?.setAttribute('db.response.status_code', code);
      throw error;
    }
  });
}

const OPERATION = /^\s*(?:--.*\n\s*)*(\w+)/;
const COLLECTION = /\b(?:from|into|update)\s+("?\w+"?(?:\."?\w+"?)?)/i;

/** Names of an operation and of what it works on, as far as the text says so plainly. */
function describeStatement(text: string) {
  const operation = OPERATION.exec(text)?.[1]?.toUpperCase() ?? 'SQL';
  const collection = COLLECTION.exec(text)?.[1]?.replaceAll('"', '');
  const summary = collection === undefined ? operation : `${operation} ${collection}`;
  return {
    summary,
    'db.operation.name': operation,
    'db.query.summary': summary,
    'db.query.text': text,
    ...(collection === undefined ? {} : { 'db.collection.name': collection }),
  };
}
