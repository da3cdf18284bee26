import type { Priority } from './priority.ts';

/** What became of a request's fetches on their way to subgraphs. */
export class RequestAttempts {
  readonly priority: Priority;
  /** That were sent to a subgraph. */
  sent = 0;
  /** That were not, as too many were under way. */
  turnedAway = 0;

  constructor(priority: Priority) {
    this.priority = priority;
  }

  /** What became of another request's fetches is true of this one's, too: it shares their answers. */
  include({ sent, turnedAway }: Pick<RequestAttempts, 'sent' | 'turnedAway'>): void {
    this.sent += sent;
    this.turnedAway += turnedAway;
  }

  /** Nothing has been begun: it may be sent again, whatever it is. */
  get isShed(): boolean {
    return this.turnedAway > 0 && this.sent === 0;
  }
}
