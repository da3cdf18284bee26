import { CodedError } from '@tributary/service-kit';
import { type FieldNode, type GraphQLSchema, getArgumentValues, Kind, parse } from 'graphql';
import type { Denial } from '../authorization/denial.ts';
import type { SchemaView } from '../engine/schema-view.ts';
import type { CompiledPlan, RootCall } from '../executor/compiled-plan.ts';
import type { PreparedOperation } from '../executor/prepare-operation.ts';
import type { OverrideLabels } from '../planner/planner.ts';
import type { EventBinding } from '../supergraph/event-binding.ts';
import { type EntityQuestion, entityQuestion } from './entity-question.ts';

/** How events of a subscription are found and completed by one schema. */
export interface SubscriptionPlan {
  readonly view: SchemaView;
  readonly labels: OverrideLabels;
  /** Asks for the root field. */
  readonly call: RootCall;
  /** That are asked for it or for what belongs to it; sorted. */
  readonly subgraphs: readonly string[];
  /** Of the plan's variables. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Of the root field. */
  readonly args: Readonly<Record<string, unknown>>;
  /** Undefined where the subgraph itself says what happens. */
  readonly binding: EventBinding | undefined;
  readonly question: EntityQuestion | undefined;
}

/** @throws CodedError where nothing is left of it that could be subscribed to */
export function subscriptionPlan(parts: {
  view: SchemaView;
  prepared: PreparedOperation;
  labels: OverrideLabels;
  /** The client's. */
  variables: Readonly<Record<string, unknown>>;
  denial: Denial | undefined;
}): SubscriptionPlan {
  const { view, prepared, labels, variables, denial } = parts;
  const [call] = prepared.plan.calls;
  if (call?.kind !== 'root' || !call.isSubscription) {
    if (denial !== undefined) throw new CodedError('UNAUTHORIZED_FIELD_OR_TYPE');
    throw new CodedError('BAD_REQUEST', 'There is nothing to subscribe to in the operation.');
  }
  const values = prepared.values(variables);
  const { field, ...shared } = sharedPart(prepared.plan, call, view);
  return { view, labels, call, values, args: argumentsOf(view.schema, field, values), ...shared };
}

/** What all have in common who ask for the same, whatever their variables: it is there once for all of them. */
interface SharedPart extends Pick<SubscriptionPlan, 'subgraphs' | 'binding' | 'question'> {
  readonly field: FieldNode;
}

const SHARED = new WeakMap<CompiledPlan, SharedPart>();

function sharedPart(plan: CompiledPlan, call: RootCall, { candidate }: SchemaView): SharedPart {
  const known = SHARED.get(plan);
  if (known !== undefined) return known;
  const field = rootFieldOf(call.query);
  const binding = candidate.eventBindings.get(field.name.value);
  const question = binding && entityQuestion(call, binding.entity);
  const subgraphs = [...new Set(plan.calls.map(({ subgraph }) => subgraph))].sort();
  const made = { field, binding, question, subgraphs };
  SHARED.set(plan, made);
  return made;
}

function rootFieldOf(query: string): FieldNode {
  const operation = parse(query, { noLocation: true }).definitions.find(
    ({ kind }) => kind === Kind.OPERATION_DEFINITION,
  );
  const field = operation?.kind === Kind.OPERATION_DEFINITION ? operation.selectionSet.selections[0] : undefined;
  if (field?.kind !== Kind.FIELD) throw new Error('a subscription without a root field');
  return field;
}

function argumentsOf(schema: GraphQLSchema, field: FieldNode, values: SubscriptionPlan['values']) {
  const definition = schema.getSubscriptionType()?.getFields()[field.name.value];
  return definition === undefined ? {} : getArgumentValues(definition, field, values);
}
