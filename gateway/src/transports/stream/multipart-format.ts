import { clientErrorOf } from '../../pipeline/respond.ts';
import { MULTIPART } from './multipart-text.ts';
import type { StreamFormat } from './stream-format.ts';

/**
 * Multipart subscriptions, version 1.0, as Apollo's clients and router have them: a result in `payload`, `{}` for a
 * heartbeat, and `errors` beside a `payload` that is null where the subscription itself has failed.
 */
export const multipartFormat: StreamFormat = {
  contentType: 'multipart/mixed; boundary="-"; subscriptionSpec=1.0',
  opening: () => MULTIPART.opening,
  heartbeat: MULTIPART.part('{}'),
  result: (json) => MULTIPART.part(`{"payload":${json}}`),
  completion: () => MULTIPART.ending,
  failure: (error, requestId) => {
    const errors = JSON.stringify([clientErrorOf(error, requestId)]);
    return MULTIPART.part(`{"payload":null,"errors":${errors}}`) + MULTIPART.ending;
  },
};
