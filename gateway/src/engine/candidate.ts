import type { QueryPlan } from '@apollo/query-planner';
import { ConfigError } from '@tributary/service-kit';
import { buildASTSchema, type DocumentNode, type GraphQLError, type GraphQLSchema, parse } from 'graphql';
import type { AuthorizationOptions } from '../authorization/authorization-options.ts';
import { type RequirementTable, requirementTable } from '../authorization/requirement-table.ts';
import { BoundedCache } from '../bounded-cache.ts';
import { type CostDirectives, costDirectives } from '../cost/cost-directives.ts';
import { type Deprecation, deprecationsIn } from '../deprecations/deprecation.ts';
import { type CompiledPlan, compilePlan } from '../executor/compiled-plan.ts';
import { Recordings } from '../executor/replay/recordings.ts';
import { withIncrementalDirectives } from '../incremental/incremental-directives.ts';
import type { ExecutionLimits } from '../limits/execution-limits.ts';
import type { MemoryShares } from '../memory/memory-shares.ts';
import { Planner } from '../planner/planner.ts';
import type { PlannerThreads } from '../planner/planner-threads.ts';
import { type EventBinding, eventBindings } from '../supergraph/event-binding.ts';
import { type SupergraphTypes, supergraphTypes } from '../supergraph/supergraph-types.ts';
import type { LeasedClients, SubgraphClients, SubgraphOptions } from './subgraph-clients.ts';

/** A plan in memory is larger than its JSON text, and what is compiled of it takes as much again. */
const BYTES_PER_CHARACTER = 8;
/** Operations of the supergraph before that are planned anew before this one takes over. */
const WARMED = 200;

export interface CandidateParts {
  threads: PlannerThreads;
  clients: SubgraphClients;
  /** By the subgraph's name. */
  subgraphs: Readonly<Record<string, SubgraphOptions>>;
  /** What its caches may take. */
  memory: MemoryShares;
  limits: ExecutionLimits;
  /** How it is told who may see what; undefined: nobody says who asks, and a supergraph that wants to know is refused. */
  authorization: AuthorizationOptions | undefined;
  /** Whether clients may say `@defer` and `@stream`. */
  incrementalDelivery: boolean;
}

/** A supergraph as far as it can be read without a planner. */
export interface ReadSupergraph {
  readonly types: SupergraphTypes;
  readonly costs: CostDirectives;
  /** By coordinate. */
  readonly deprecations: ReadonlyMap<string, Deprecation>;
  /** Of fields of `Subscription`, by their names. */
  readonly eventBindings: ReadonlyMap<string, EventBinding>;
  /** Of those who want to see it; undefined where everybody may see everything. */
  readonly requirements: RequirementTable | undefined;
  /** Where each subgraph is asked, by its name. */
  readonly urls: ReadonlyMap<string, string>;
}

/** @throws ConfigError for what is no supergraph, or of which a subgraph has no URL. */
export function readSupergraph(supergraphSdl: string, options: CandidateParts['subgraphs']): ReadSupergraph {
  const document = parsed(supergraphSdl);
  const types = supergraphTypes(document);
  if (types.subgraphs.size === 0) throw new ConfigError('It is no supergraph: it names no subgraphs.');
  const known = [...types.subgraphs].map(([name, url]) => [name, routable(name, options[name]?.url ?? url)] as const);
  const requirements = requirementTable(document);
  const deprecations = deprecationsIn(document);
  const [costs, bindings] = [costDirectives(document), eventBindings(document)];
  return { types, costs, deprecations, eventBindings: bindings, requirements, urls: new Map(known) };
}

/** @throws ConfigError for a supergraph as for `readSupergraph`, and for one that cannot be enforced. */
export function enforceableSupergraph(
  supergraphSdl: string,
  { subgraphs, authorization }: Pick<CandidateParts, 'subgraphs' | 'authorization'>,
): ReadSupergraph {
  const read = readSupergraph(supergraphSdl, subgraphs);
  if (read.requirements !== undefined && authorization === undefined) {
    throw new ConfigError('The supergraph says who may see what of it, and nothing says who asks: give `identify`.');
  }
  return read;
}

/** A supergraph that can be planned for and asked: a generation but for the schema that clients see. */
export class Candidate {
  readonly supergraphSdl: string;
  readonly types: SupergraphTypes;
  readonly costs: CostDirectives;
  readonly deprecations: ReadonlyMap<string, Deprecation>;
  readonly eventBindings: ReadSupergraph['eventBindings'];
  readonly requirements: RequirementTable | undefined;
  readonly memory: MemoryShares;
  readonly plans: BoundedCache<CompiledPlan>;
  readonly recordings: Recordings;
  /** See `ExecutionLimits`. */
  readonly planFetches: number;
  /** Where each subgraph is asked, by its name. */
  readonly urls: ReadonlyMap<string, string>;
  readonly #parts: CandidateParts;
  #planner: Planner | undefined;
  #clients: LeasedClients | undefined;

  /** @throws ConfigError for what is no supergraph, or of which a subgraph has no URL. */
  constructor(supergraphSdl: string, parts: CandidateParts) {
    const read = enforceableSupergraph(supergraphSdl, parts);
    const { types, costs, deprecations, requirements, urls } = read;
    this.supergraphSdl = supergraphSdl;
    this.types = types;
    this.costs = costs;
    this.deprecations = deprecations;
    this.eventBindings = read.eventBindings;
    this.requirements = requirements;
    this.urls = urls;
    this.memory = parts.memory;
    this.plans = new BoundedCache(parts.memory.plans);
    this.recordings = new Recordings(parts.memory.recordings);
    this.planFetches = parts.limits.planFetches;
    this.#parts = parts;
  }

  /** @returns it compiled */
  keep(key: string, plan: QueryPlan): CompiledPlan {
    const compiled = compilePlan(plan, this.types);
    this.plans.set(key, compiled, (key.length + JSON.stringify(plan).length) * BYTES_PER_CHARACTER);
    return compiled;
  }

  get planner(): Planner {
    this.#planner ??= new Planner(this.supergraphSdl, this.#parts.threads, this.#parts.limits);
    return this.#planner;
  }

  /** By the subgraph's name. */
  get clients(): LeasedClients['byName'] {
    this.#clients ??= this.#parts.clients.lease(this.urls);
    return this.#clients.byName;
  }

  /**
   * Waits until it can be planned for, and plans what was asked for most before it. Gives the schema that clients see.
   *
   * @throws PlanningError for a supergraph that no planner can be built for.
   */
  async warm(before: Candidate | undefined): Promise<GraphQLSchema> {
    const apiSchemaSdl = await this.planner.ready;
    for (const [text] of before?.plans.hottest(WARMED) ?? []) {
      // What the new supergraph does not have is asked for no more.
      const plan = await this.planner.plan({ text }).catch(() => undefined);
      if (plan !== undefined) this.keep(text, plan);
    }
    return this.#builtSchema(apiSchemaSdl);
  }

  /**
   * The schema that clients of a version line see.
   *
   * @throws PlanningError where something of the line needs what is not in it
   */
  async lineSchema(major: number): Promise<GraphQLSchema> {
    return this.#builtSchema(await this.planner.cut(major));
  }

  /** The planner's thread has validated it. */
  #builtSchema(apiSchemaSdl: string): GraphQLSchema {
    const document = parse(apiSchemaSdl, { noLocation: true });
    const shown = this.#parts.incrementalDelivery ? withIncrementalDirectives(document) : document;
    return buildASTSchema(shown, { assumeValid: true, assumeValidSDL: true });
  }

  /** Gives up thread and connections. A request that comes late nevertheless gets them anew. */
  rest(): void {
    void this.#planner?.close();
    this.#planner = undefined;
    this.#clients?.release();
    this.#clients = undefined;
  }
}

function parsed(supergraphSdl: string): DocumentNode {
  try {
    return parse(supergraphSdl, { noLocation: true });
  } catch (error) {
    const { line, column } = (error as GraphQLError).locations?.[0] ?? {};
    // The parser's message quotes the text, which need not be a supergraph at all.
    throw new ConfigError(`It is no GraphQL: line ${line}, column ${column}.`, { cause: error });
  }
}

function routable(name: string, url: string): string {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    // It may have a password in it.
    const shown = url.replace(/\/\/[^/]*@/, '//');
    const what = url === '' ? 'the supergraph names none' : `${shown} is no http:// or https:// URL`;
    throw new ConfigError(`subgraphs.${name}.url: ${what}`);
  }
  return url;
}
