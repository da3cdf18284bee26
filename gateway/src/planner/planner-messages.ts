import type { QueryPlan } from '@apollo/query-planner';

/** To the worker, one after the other: it plans for the supergraph that it was given last. */
export type PlannerCommand =
  | { readonly kind: 'load'; readonly supergraphSdl: string }
  | { readonly kind: 'plan'; readonly command: PlanCommand };

export interface PlanCommand {
  /** Of a canonical operation. */
  readonly text: string;
  /** Labels of `@override(label:)`, and whether each is on. Others are off. */
  readonly overrides: readonly (readonly [label: string, isOn: boolean])[];
}

/** From the worker: an answer to each command. With a supergraph comes the schema that clients see. */
export type PlannerReport =
  | { readonly kind: 'loaded'; readonly apiSchemaSdl: string }
  | { readonly kind: 'planned'; readonly plan: QueryPlan }
  | { readonly kind: 'refused' | 'failed'; readonly message: string };
