import { CodedError } from '@tributary/service-kit';
import { acceptedIncremental, acceptedStream, negotiateMediaType } from '../../http/accept.ts';
import { byHeader } from '../../http/by-header.ts';
import type { Step } from '../exchange.ts';

/** `Accept` decides the media type of the answer, also of refusals. */
export const negotiate: Step = (exchange) => {
  const { mediaType, stream, incrementalFormat } = acceptedBy(exchange.request.headers.accept);
  exchange.stream = stream;
  exchange.incrementalFormat = incrementalFormat;
  if (mediaType !== undefined) exchange.mediaType = mediaType;
  // Whoever takes parts alone gets what has none as it is.
  else if (exchange.incrementalFormat !== undefined) return;
  else if (exchange.stream === undefined) throw new CodedError('NOT_ACCEPTABLE');
  // Whoever takes nothing but events gets a single result as one, too.
  else exchange.isEventStream = exchange.stream === 'sse';
  if (exchange.isEventStream) exchange.incrementalFormat = 'v0.2';
};

const acceptedBy = byHeader((accept) => ({
  mediaType: negotiateMediaType(accept),
  stream: acceptedStream(accept),
  incrementalFormat: acceptedIncremental(accept),
}));
