import type { Tracer } from '@opentelemetry/api';
import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import type { SubgraphConfig, subgraphConfig } from '../config/service-config.ts';
import type { Database } from '../database/database.ts';
import type { EventHandler } from '../events/consumer.ts';
import type { EventTables } from '../events/event-tables.ts';
import type { EmitEvent } from '../events/outbox.ts';
import type { ServiceClient } from '../http/service-client.ts';
import type { Identity } from '../identity/identity.ts';
import type { Component } from '../lifecycle/lifecycle.ts';
import type { Job } from '../lifecycle/periodic-job.ts';
import type { Logger } from '../log/logger.ts';
import type { Metrics } from '../metrics/metrics.ts';

/** What a subgraph is built from; one per process, or one per subgraph where several share a process. */
export interface ServiceKit<C = SubgraphConfig, Callee extends string = string> {
  readonly config: C;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly tracer: Tracer;
  readonly database: Database;
  readonly emit: EmitEvent;
  /**
   * Asks another service in this service's own name, signed with `identity.key`.
   *
   * @param target one of the definition's `calls`
   * @param url its GraphQL endpoint
   */
  serviceClient(target: Callee, url: string): ServiceClient;
}

/** What the resolvers of one request share. A subgraph's own context extends it. */
export interface RequestScope {
  readonly identity: Identity;
  readonly requestId: string;
  readonly log: Logger;
  /** Aborted when the caller's deadline has passed or it has gone. */
  readonly signal: AbortSignal;
}

/** Adds HTTP routes beside `/graphql`, public through the gateway's `passthrough`; they see no identity. */
export type Routes = (app: FastifyInstance) => void;

/** A built subgraph: how it answers, listens and works. */
export interface Subgraph {
  /** Resolver map for `schema.graphql`. The scalars of service-kit are added to it. */
  readonly resolvers: object;
  /** The context of one request's resolvers: the scope, the domain, new loaders. */
  context(scope: RequestScope): RequestScope;
  readonly routes?: Routes;
  readonly handlers?: readonly EventHandler[];
  readonly jobs?: readonly Job[];
  /** What else starts before the ports open and stops after they have closed, such as a worker. */
  readonly components?: readonly Component[];
  /** Fills an empty database for demonstrations; called at each start with `demoData` on, and must not repeat itself. */
  addDemoData?(): Promise<void>;
}

export interface SubgraphDefinition<
  S extends typeof subgraphConfig = typeof subgraphConfig,
  Callee extends string = string,
> {
  readonly name: string;
  /**
   * The services that this one asks in its own name, by `kit.serviceClient`; default none. `graph mesh` makes edges of them,
   * and without an edge the network refuses the call. With it, `identity.key` is required.
   */
  readonly calls?: readonly Callee[];
  /** Configuration schema: `subgraphConfig`, extended by what the subgraph adds. */
  readonly config: S;
  /** The subgraph's folder, with `schema.graphql` and `migrations/`. */
  readonly folder: URL;
  readonly events: EventTables;
  create(kit: ServiceKit<z.output<S>, Callee>): Promise<Subgraph> | Subgraph;
}

/** Names a definition's type, in which nobody is asked but its `calls`; see `SubgraphDefinition`. */
export const defineSubgraph = <S extends typeof subgraphConfig, const Callee extends string = never>(
  definition: SubgraphDefinition<S, Callee>,
): SubgraphDefinition<S, Callee> => definition;
