import { sql } from 'drizzle-orm';
import { GraphQLError } from 'graphql';
import type { z } from 'zod';
import { subgraphConfig } from '../../config/service-config.ts';
import { CodedError } from '../../errors/coded-error.ts';
import type { Identity } from '../../identity/identity.ts';
import { anonymous } from '../../identity/identity.ts';
import { createServiceIdentityIssuer, generateServiceKeyPair } from '../../identity/service-identity.ts';
import { defineSubgraph, type RequestScope, type ServiceKit } from '../../subgraph/define-subgraph.ts';
import { type RunningSubgraph, type SharedParts, startSubgraph } from '../../subgraph/start-subgraph.ts';
import type { TestDatabase } from '../test-database.ts';
import { notes, notesEvents, notesFolder } from './notes.ts';

export interface Answer {
  status: number;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads answers of many shapes
  body: any;
}

export interface RunningNotes extends RunningSubgraph {
  token(identity?: Identity, audience?: string): Promise<string>;
  /** Posts a GraphQL request; `authorization` is a good token unless it is given. */
  post(body: unknown, authorization?: string, headers?: Record<string, string>): Promise<Answer>;
  /** Each request's deadline signal. */
  signals: AbortSignal[];
  /** Everything that was logged. */
  logText(): string;
}

type Explode = (kit: ServiceKit, scope: RequestScope) => unknown;

/** Ways in which the resolver of `explode(how:)` fails. Whatever holds "canary" must not come out. */
const explosions: Record<string, Explode> = {
  sql: ({ database }) => database.db.execute(sql`select ${'canary'}::uuid`),
  error: () => Promise.reject(new Error('canary message')),
  text: () => Promise.reject('canary'),
  wrongType: () => 'canary',
  coded: () => Promise.reject(new CodedError('FORBIDDEN', undefined, { cause: new Error('canary cause') })),
  badInput: () =>
    Promise.reject(new GraphQLError('Not this.', { extensions: { code: 'BAD_USER_INPUT', extra: 'canary' } })),
  foreignCode: () => Promise.reject(new GraphQLError('canary', { extensions: { code: 'SOMETHING' } })),
  hang: (_, { signal }) => new Promise((resolve) => signal.addEventListener('abort', () => resolve(1))),
};

/**
 * The subgraph of the notes on real ports, with its log in memory.
 *
 * @param cluster undefined: the database is that of the configuration
 * @param folder another than its own, if need be
 */
export async function startNotes(
  cluster: TestDatabase | undefined,
  config: z.input<typeof subgraphConfig> = {},
  folder: URL = notesFolder,
  shared: Pick<SharedParts, 'bus'> = {},
): Promise<RunningNotes> {
  const keys = await generateServiceKeyPair('gateway');
  const issuer = await createServiceIdentityIssuer('gateway', keys.privateKey);
  const signals: AbortSignal[] = [];
  const lines: string[] = [];
  const definition = defineSubgraph({
    name: 'notes',
    config: subgraphConfig,
    folder,
    events: notesEvents,
    create: (kit) => ({
      resolvers: {
        Query: {
          note: async (_: unknown, { id }: { id: string }) => ({ id, text: 'a note' }),
          explode: (_: unknown, { how }: { how: string }, scope: RequestScope) => explosions[how]?.(kit, scope),
          echo: (_: unknown, args: unknown) => JSON.stringify(args),
        },
        Note: {
          __resolveReference: async ({ id }: { id: string }) => {
            if (id === 'lost') return null;
            if (id === 'burnt') throw new Error('canary ashes');
            return { id, text: (await kit.database.db.select().from(notes)).length };
          },
        },
      },
      context(scope) {
        signals.push(scope.signal);
        return scope;
      },
    }),
  });
  const running = await startSubgraph(
    definition,
    subgraphConfig.parse({
      server: { host: '127.0.0.1', port: 0 },
      admin: { host: '127.0.0.1', port: 0 },
      identity: { trusted: { gateway: keys.publicKeys } },
      ...config,
    }),
    {
      ...(cluster && { openDatabase: cluster.openUnmigrated }),
      ...shared,
      logDestination: { write: (line) => lines.push(line) },
      processMetrics: false,
    },
  );
  const token = async (identity = anonymous, audience = 'notes') => `Bearer ${await issuer.issue(audience, identity)}`;
  return {
    ...running,
    token,
    signals,
    logText: () => lines.join(''),
    async post(body, authorization, headers = {}) {
      const response = await fetch(`${running.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: authorization ?? (await token()), ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      });
      const text = await response.text();
      return { status: response.status, text, body: JSON.parse(text) };
    },
  };
}
