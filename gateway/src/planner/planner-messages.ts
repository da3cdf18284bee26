import type { QueryPlan } from '@apollo/query-planner';

/** What a planner's worker is started with. */
export interface PlannerWorkerData {
  readonly supergraphSdl: string;
}

/** To the worker; it plans one after the other. */
export interface PlanCommand {
  /** Of a canonical operation. */
  readonly text: string;
  /** Labels of `@override(label:)`, and whether each is on. Others are off. */
  readonly overrides: readonly (readonly [label: string, isOn: boolean])[];
}

/** From the worker: that it can plan, with the schema that clients see, then an answer to each command. */
export type PlannerReport =
  | { readonly kind: 'ready'; readonly apiSchemaSdl: string }
  | { readonly kind: 'planned'; readonly plan: QueryPlan }
  | { readonly kind: 'refused' | 'failed'; readonly message: string };
