import { CodedError } from '@tributary/service-kit';
import type { Denial } from '../authorization/denial.ts';
import type { Engine } from '../engine/engine.ts';
import type { Generation } from '../engine/generation.ts';
import type { SchemaView } from '../engine/schema-view.ts';
import type { FetchScope } from '../subgraphs/fetch-scope.ts';
import { isValidBy } from './is-valid-by.ts';
import type { LiveRequest } from './live-operation.ts';
import { type SubscriptionPlan, subscriptionPlan } from './subscription-plan.ts';

/** What events of a subscription are completed by, while it is on one generation. */
export interface Way {
  readonly generation: Generation;
  readonly plan: SubscriptionPlan;
  readonly denial: Denial | undefined;
}

export interface WayParts {
  engine: Engine;
  request: LiveRequest;
  /** In which it is planned. */
  scope: FetchScope;
}

/** By the generation that it was asked by. @throws CodedError */
export async function firstWay(generation: Generation, parts: WayParts): Promise<Way> {
  const { denial, line } = parts.request;
  const view = viewOf(generation, line);
  if (view === undefined) throw new CodedError('SUBSCRIPTION_UNAVAILABLE');
  return { generation, plan: await planBy(view, denial, parts), denial };
}

/** By a later one; undefined where that has no place for it. @throws CodedError where it cannot be planned now */
export async function laterWay(generation: Generation, parts: WayParts): Promise<Way | undefined> {
  const { engine, request } = parts;
  const view = viewOf(generation, request.line);
  if (view === undefined || !isValidBy(view, request)) return undefined;
  const { denial, refusals } = engine.authorise(view, request);
  if (refusals.length > 0) return undefined;
  return { generation, plan: await planBy(view, denial, parts), denial };
}

async function planBy(view: SchemaView, denial: Denial | undefined, parts: WayParts): Promise<SubscriptionPlan> {
  const { engine, request, scope } = parts;
  const { document, operation, variables } = request;
  const { prepared, labels } = await engine.subscription(view, { document, operation, denial, scope });
  return subscriptionPlan({ view, prepared, labels, variables, denial });
}

const viewOf = (generation: Generation, line: number | undefined): SchemaView | undefined =>
  line === undefined ? generation : generation.view(line);
