import { CodedError } from '@tributary/service-kit';
import type { ShedAt } from './shedding.ts';

/** Nothing was begun for a request: too much is to be done where its way leads. */
export class RequestShed extends CodedError {
  readonly at: ShedAt;

  /** @param at default: the subgraphs that it asks for */
  constructor(at: ShedAt = 'subgraph', options?: { cause?: unknown }) {
    super('SERVICE_UNAVAILABLE', undefined, options);
    this.at = at;
  }
}
