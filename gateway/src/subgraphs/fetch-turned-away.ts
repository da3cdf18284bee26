import { FetchError } from './fetch-error.ts';

/** Too many fetches are under way to its subgraph: it was not sent. */
export class FetchTurnedAway extends FetchError {
  constructor() {
    super('unavailable', 'too many are under way', undefined, true);
  }
}
