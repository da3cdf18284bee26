import { FetchError } from './fetch-error.ts';

/** More than was read of it: it tells of the query as much as of the subgraph. */
export class AnswerTooLarge extends FetchError {
  constructor(maxBytes: number) {
    super('invalid', `the answer is larger than ${maxBytes} bytes`);
  }
}
