import { CodedError } from '@tributary/service-kit';
import { negotiateMediaType } from '../../http/accept.ts';
import type { Step } from '../exchange.ts';

/** `Accept` decides the media type of the answer, also of refusals. */
export const negotiate: Step = (exchange) => {
  const mediaType = negotiateMediaType(exchange.request.headers.accept);
  if (mediaType === undefined) throw new CodedError('NOT_ACCEPTABLE');
  exchange.mediaType = mediaType;
};
