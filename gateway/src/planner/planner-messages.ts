import type { QueryPlan } from '@apollo/query-planner';

/** To the worker, one after the other: it plans for the supergraph that it was given last. */
export type PlannerCommand =
  | { readonly kind: 'load'; readonly supergraphSdl: string }
  /** The part of it that is one version line. */
  | { readonly kind: 'cut'; readonly major: number }
  | { readonly kind: 'plan'; readonly command: PlanCommand };

export interface PlanCommand {
  /** Of a canonical operation. */
  readonly text: string;
  /** Labels of `@override(label:)`, and whether each is on. Others are off. */
  readonly overrides: readonly (readonly [label: string, isOn: boolean])[];
}

/** From the worker: an answer to each command. With a supergraph, and a line of it, comes the schema that clients see. */
export type PlannerReport =
  | { readonly kind: 'loaded' | 'cut'; readonly apiSchemaSdl: string }
  | { readonly kind: 'planned'; readonly plan: QueryPlan }
  | { readonly kind: 'refused' | 'failed'; readonly message: string };
