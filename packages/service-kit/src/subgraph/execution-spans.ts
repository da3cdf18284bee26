import type { ApolloServerPlugin, GraphQLResponse } from '@apollo/server';
import { type Context, context, type Span, type Tracer, trace } from '@opentelemetry/api';
import { knownCode, tellingCode } from '../metrics/operation-outcome.ts';
import { operationAttributes } from '../tracing/operation-attributes.ts';
import { recordCode, recordFailure } from '../tracing/span-failure.ts';

/** Calls of one resolver, in one operation, that are under way at the same time. */
interface Calls {
  readonly span: Span;
  readonly context: Context;
  begun: number;
  pending: number;
}

/** What is recorded of one execution. */
interface Execution {
  readonly context: Context;
  readonly calls: Map<string, Calls>;
  /** Resolvers that threw before there was anything to wait for: of each, one span. */
  readonly thrown: Set<string>;
}

type Resolver = (...args: unknown[]) => unknown;

const REFERENCE = '__resolveReference';
/** Place of the context among a resolver's arguments. */
const CONTEXT_OF_FIELD = 2;
const CONTEXT_OF_REFERENCE = 1;

export interface ExecutionSpans {
  readonly plugin: ApolloServerPlugin<object>;
  /** The resolvers, in whose recorded executions those that wait for something are spans. */
  traced(resolvers: object): object;
}

/**
 * Spans of what an operation does: `graphql.execute`, and in it one for each resolver that waits. A resolver that is
 * called for each of many objects has one span for all of them, and so have the references of one type, since loaders
 * make one statement of them. What is there at once has none.
 */
export function executionSpans(tracer: Tracer): ExecutionSpans {
  /** By the context that an execution's resolvers get. */
  const executions = new WeakMap<object, Execution>();

  const plugin: ApolloServerPlugin<object> = {
    requestDidStart: async () => ({
      async executionDidStart({ contextValue, operation, response }) {
        if (!trace.getActiveSpan()?.isRecording()) return undefined;
        const span = tracer.startSpan('graphql.execute', { attributes: operationAttributes(operation) });
        const inside = trace.setSpan(context.active(), span);
        executions.set(contextValue, { context: inside, calls: new Map(), thrown: new Set() });
        return {
          async executionDidEnd(error) {
            if (error === undefined) recordErrors(span, response);
            else recordFailure(span, error);
            span.end();
          },
        };
      },
    }),
  };

  const tracedResolver =
    (name: string, resolver: Resolver, place: number): Resolver =>
    (...args) => {
      const execution = executions.get(Object(args[place]));
      return execution === undefined ? resolver(...args) : callIn(tracer, execution, name, () => resolver(...args));
    };

  return {
    plugin,
    traced: (resolvers) =>
      mapValues(resolvers, (type, fields) =>
        isFieldMap(fields)
          ? mapValues(fields, (field, resolver) => {
              const isReference = field === REFERENCE;
              const place = isReference ? CONTEXT_OF_REFERENCE : CONTEXT_OF_FIELD;
              if (typeof resolver !== 'function' || isPlain(resolver, place)) return resolver;
              const name = isReference ? `resolve reference ${type}` : `resolve ${type}.${field}`;
              return tracedResolver(name, resolver as Resolver, place);
            })
          : fields,
      ),
  };
}

function callIn(tracer: Tracer, execution: Execution, name: string, call: () => unknown): unknown {
  const calls = execution.calls.get(name) ?? beginCalls(tracer, execution, name);
  let result: unknown;
  try {
    result = context.with(calls.context, call);
  } catch (error) {
    recordThrown(execution, name, calls, error);
    throw error;
  }
  if (!isPromise(result)) return result;
  execution.calls.set(name, calls);
  calls.begun++;
  calls.pending++;
  const ended = () => {
    if (--calls.pending > 0) return;
    execution.calls.delete(name);
    calls.span.setAttribute('graphql.resolver.calls', calls.begun).end();
  };
  result.then(ended, (error: unknown) => {
    recordFailure(calls.span, error);
    ended();
  });
  return result;
}

/** Where others of its calls wait, it is one of those; else it ends here. */
function recordThrown({ thrown }: Execution, name: string, calls: Calls, error: unknown): void {
  calls.begun++;
  recordFailure(calls.span, error);
  if (calls.pending > 0 || thrown.has(name)) return;
  thrown.add(name);
  calls.span.setAttribute('graphql.resolver.calls', calls.begun).end();
}

/** What it was answered with, as the caller reads it: the HTTP status is 200 all the same. */
function recordErrors(span: Span, { body }: Partial<GraphQLResponse>): void {
  if (body?.kind !== 'single') return;
  const { errors = [] } = body.singleResult;
  if (errors.length === 0) return;
  span.setAttribute('graphql.errors.count', errors.length);
  recordCode(span, tellingCode(errors.map(({ extensions }) => knownCode(extensions?.code))));
}

/** It neither waits nor takes the context, with which it could ask somebody: it reads what is there. */
const isPlain = (resolver: { length: number; constructor: { name: string } }, place: number): boolean =>
  resolver.length <= place && resolver.constructor.name !== 'AsyncFunction';

/** A span that is never ended, since nothing was waited for, is never exported. */
function beginCalls(tracer: Tracer, execution: Execution, name: string): Calls {
  const span = tracer.startSpan(name, {}, execution.context);
  return { span, context: trace.setSpan(execution.context, span), begun: 0, pending: 0 };
}

const isPromise = (value: unknown): value is PromiseLike<unknown> =>
  typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function';

/** Scalars are instances of a class; they resolve nothing. */
const isFieldMap = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

const mapValues = (from: object, map: (key: string, value: unknown) => unknown): object =>
  Object.fromEntries(Object.entries(from).map(([key, value]) => [key, map(key, value)]));
