import { CodedError } from '@tributary/service-kit';
import { maskedError } from '../pipeline/respond.ts';
import type { EndReason } from '../subscriptions/end-reason.ts';
import type { LiveOperation } from '../subscriptions/live-operation.ts';
import type { LiveTally } from './live-tally.ts';
import { resultText } from './result-text.ts';
import { takenInTime } from './taken-in-time.ts';

/** Where results go. */
export interface ResultSink {
  /** @param json a GraphQL response @returns whether it was sent */
  next(json: string, eventId: string | undefined): boolean;
  /** Undefined: there is room for more. Else a promise for when there is, or nobody is there any more. */
  room(): Promise<void> | undefined;
}

/** How a subscription ended; the error is what its client is told. */
export interface Ended {
  readonly reason: EndReason;
  readonly error: CodedError | undefined;
}

export interface CarryOptions {
  /** Is told what is sent. */
  readonly tally: LiveTally;
  /** For so long a client may take nothing while something waits for it. */
  readonly slowAfterMs: number;
}

/**
 * Takes one result after the other to its client, and no more than the client takes: what comes meanwhile waits in the
 * subscription, whose buffer is bounded. Whoever leaves calls `live.return()`.
 */
export async function carryResults(live: LiveOperation, sink: ResultSink, options: CarryOptions): Promise<Ended> {
  try {
    for await (const { result, eventId, requestId } of live) {
      if (sink.next(resultText(result, requestId, eventId), eventId)) options.tally.add(result);
      const room = sink.room();
      if (room === undefined) continue;
      const isTaken = await takenInTime(room, options.slowAfterMs, () => live.end === 'slow_consumer');
      if (!isTaken) return SLOW();
    }
  } catch (error) {
    return { reason: 'failed', error: maskedError(error) };
  }
  return endOf(live);
}

const SLOW = (): Ended => ({ reason: 'slow_consumer', error: new CodedError('SUBSCRIPTION_SLOW_CONSUMER') });

function endOf({ end }: LiveOperation): Ended {
  switch (end) {
    case 'slow_consumer':
      return SLOW();
    case 'retired':
      return { reason: 'retired', error: new CodedError('SUBSCRIPTION_RETIRED') };
    case 'failed':
      return { reason: 'failed', error: new CodedError('SUBSCRIPTION_UNAVAILABLE') };
    case 'completed':
      return { reason: 'completed', error: undefined };
    case undefined:
      return { reason: 'left', error: undefined };
  }
}
