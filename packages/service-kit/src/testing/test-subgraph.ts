import type { z } from 'zod';
import type { subgraphConfig } from '../config/service-config.ts';
import type { CloudEvent } from '../events/event.ts';
import type { EventBus } from '../events/event-bus.ts';
import { inProcessBus } from '../events/in-process-bus.ts';
import { newId } from '../http/new-id.ts';
import { anonymous, type Identity } from '../identity/identity.ts';
import { createServiceIdentityIssuer, generateServiceKeyPair } from '../identity/service-identity.ts';
import type { SubgraphDefinition } from '../subgraph/define-subgraph.ts';
import { type RunningSubgraph, startSubgraph } from '../subgraph/start-subgraph.ts';
import { currentTraceparent } from '../tracing/context.ts';
import { openPglite, type TestDatabase } from './test-database.ts';

export interface GraphqlAnswer<Data> {
  data: Data | null | undefined;
  errors?: { message: string; path?: (string | number)[]; extensions: { code: string; requestId: string } }[];
}

export interface TestSubgraph extends RunningSubgraph, AsyncDisposable {
  /**
   * Sends an operation as the gateway does, on behalf of `identity` (default: nobody signed in).
   *
   * @param operationName which one, where the document holds several
   */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads answers of many shapes
  query<Data = any>(
    document: string,
    variables?: Record<string, unknown>,
    identity?: Identity,
    operationName?: string,
  ): Promise<GraphqlAnswer<Data>>;
  /** Delivers an event as another service would have sent it, and waits until it was handled. */
  deliver(event: { type: string; subject: string; data: unknown; id?: string }): Promise<void>;
  /** What this subgraph has published so far, after waiting for its outbox. */
  published(): Promise<CloudEvent[]>;
  /** Every line that was logged so far; none at the default level, `silent`. */
  readonly logLines: readonly string[];
  /** Starts listening for the SQL of `query` (not of consumers, workers or jobs); the returned function gives it. */
  countStatements(): () => string[];
}

export interface TestSubgraphOptions<S extends typeof subgraphConfig> {
  /** Default: a PGlite of its own. */
  database?: TestDatabase;
  /** Over the configuration's defaults. */
  config?: z.input<S>;
}

/** A subgraph on a real socket and a real database, alone, with a bus that the test can listen to and speak on. */
export async function startTestSubgraph<S extends typeof subgraphConfig>(
  definition: SubgraphDefinition<S>,
  options: TestSubgraphOptions<S> = {},
): Promise<TestSubgraph> {
  const database = options.database ?? (await openPglite());
  const gatewayKeys = await generateServiceKeyPair('gateway');
  const issuer = await createServiceIdentityIssuer('gateway', gatewayKeys.privateKey);
  const bus = inProcessBus();
  const published: CloudEvent[] = [];
  const logLines: string[] = [];
  /** That of requests whose statements are counted. */
  let countedTrace: string | undefined;
  const recordingBus: EventBus = {
    ...bus,
    async publish(event) {
      published.push(event);
      await bus.publish(event);
    },
  };
  const { identity, ...config } = options.config ?? ({} as z.input<S>);
  const parsed = definition.config.parse({
    server: { host: '127.0.0.1', port: 0 },
    admin: { host: '127.0.0.1', port: 0 },
    log: { level: 'silent' },
    ...config,
    identity: { ...identity, trusted: { gateway: gatewayKeys.publicKeys, ...identity?.trusted } },
  }) as z.output<S>;
  const running = await startSubgraph(definition, parsed, {
    openDatabase: (databaseOptions) => database.openUnmigrated(databaseOptions),
    bus: recordingBus,
    logDestination: { write: (line) => logLines.push(line) },
    processMetrics: false,
  });
  const stop = async () => {
    await running.stop();
    if (options.database === undefined) await database.close();
  };
  return {
    ...running,
    logLines,
    async query(document, variables = {}, asIdentity = anonymous, operationName = undefined) {
      const response = await fetch(`${running.url}/graphql`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${await issuer.issue(definition.name, asIdentity)}`,
          ...(countedTrace === undefined ? {} : { traceparent: `00-${countedTrace}-00f067aa0ba902b7-00` }),
        },
        body: JSON.stringify({ query: document, variables, operationName }),
      });
      return (await response.json()) as never;
    },
    deliver: ({ id = newId(), ...event }) =>
      bus.publish({
        specversion: '1.0',
        id,
        source: '/test',
        time: new Date().toISOString(),
        datacontenttype: 'application/json',
        ...event,
      }),
    async published() {
      await running.outbox.idle();
      return published;
    },
    countStatements() {
      const statements: string[] = [];
      const trace = newId().replaceAll('-', '');
      countedTrace = trace;
      const stopListening = running.database.onStatement(({ sql }) => {
        if (currentTraceparent()?.includes(trace)) statements.push(sql);
      });
      return () => {
        stopListening();
        countedTrace = undefined;
        return statements;
      };
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
