import type { QueryPlan } from '@apollo/query-planner';
import { ConfigError } from '@tributary/service-kit';
import { buildASTSchema, type DocumentNode, type GraphQLError, type GraphQLSchema, parse } from 'graphql';
import type { AuthorizationOptions } from '../authorization/authorization-options.ts';
import { type RequirementTable, requirementTable } from '../authorization/requirement-table.ts';
import { BoundedCache } from '../bounded-cache.ts';
import { type CostDirectives, costDirectives } from '../cost/cost-directives.ts';
import { type CompiledPlan, compilePlan } from '../executor/compiled-plan.ts';
import { Recordings } from '../executor/replay/recordings.ts';
import type { ExecutionLimits } from '../limits/execution-limits.ts';
import { Planner } from '../planner/planner.ts';
import type { PlannerThreads } from '../planner/planner-threads.ts';
import { type SupergraphTypes, supergraphTypes } from '../supergraph/supergraph-types.ts';
import type { LeasedClients, SubgraphClients, SubgraphOptions } from './subgraph-clients.ts';

const MAX_PLAN_BYTES = 64 * 1024 ** 2;
/** A plan in memory is larger than its JSON text, and what is compiled of it takes as much again. */
const BYTES_PER_CHARACTER = 8;
/** Operations of the supergraph before that are planned anew before this one takes over. */
const WARMED = 200;

export interface CandidateParts {
  threads: PlannerThreads;
  clients: SubgraphClients;
  /** By the subgraph's name. */
  subgraphs: Readonly<Record<string, SubgraphOptions>>;
  /** Executions that are kept to be compared with may take so much memory. */
  recordedBytes: number;
  limits: ExecutionLimits;
  /** How it is told who may see what; undefined: nobody says who asks, and a supergraph that wants to know is refused. */
  authorization: AuthorizationOptions | undefined;
}

/** A supergraph as far as it can be read without a planner. */
export interface ReadSupergraph {
  readonly types: SupergraphTypes;
  readonly costs: CostDirectives;
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
  return { types, costs: costDirectives(document), requirements: requirementTable(document), urls: new Map(known) };
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
  readonly requirements: RequirementTable | undefined;
  readonly plans = new BoundedCache<CompiledPlan>(MAX_PLAN_BYTES);
  readonly recordings: Recordings;
  /** Where each subgraph is asked, by its name. */
  readonly urls: ReadonlyMap<string, string>;
  readonly #parts: CandidateParts;
  #planner: Planner | undefined;
  #clients: LeasedClients | undefined;

  /** @throws ConfigError for what is no supergraph, or of which a subgraph has no URL. */
  constructor(supergraphSdl: string, parts: CandidateParts) {
    const { types, costs, requirements, urls } = enforceableSupergraph(supergraphSdl, parts);
    this.supergraphSdl = supergraphSdl;
    this.types = types;
    this.costs = costs;
    this.requirements = requirements;
    this.urls = urls;
    this.recordings = new Recordings(parts.recordedBytes);
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
    // The planner's thread has validated it.
    return buildASTSchema(parse(apiSchemaSdl, { noLocation: true }), { assumeValid: true, assumeValidSDL: true });
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
