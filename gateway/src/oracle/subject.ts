import type { ExecutionResult } from 'graphql';
import type { Ask } from './subgraph.ts';

/** A gateway under test. */
export interface Subject {
  /** @param source a valid document of one operation */
  execute(source: string, variables: Readonly<Record<string, unknown>>): Promise<ExecutionResult>;
  close(): Promise<void>;
}

/** Starts a gateway on a supergraph, with what answers for each of its subgraphs. */
export type StartSubject = (supergraphSdl: string, subgraphs: ReadonlyMap<string, Ask>) => Promise<Subject>;

/** Random graphs have many ways to each field. Comparing them all takes seconds, and whichever is taken must be right. */
export const MAX_EVALUATED_PLANS = 50;

/** Planning takes longer than it may: a gateway would refuse the operation. */
export class NotPlannedError extends Error {
  override readonly name = 'NotPlannedError';
}
