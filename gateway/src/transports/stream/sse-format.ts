import { clientErrorOf } from '../../pipeline/respond.ts';
import type { StreamFormat } from './stream-format.ts';

/** A browser comes again by itself, after a time that is not the same for all. */
const RETRY_MS = { least: 1000, most: 5000 };

/** The data field of `complete` is empty, not absent: without one, a browser would not dispatch it. */
const COMPLETE = 'event: complete\ndata: \n\n';

/**
 * Server-sent events as the protocol of graphql-sse has them, "Distinct connections mode". An event's id is what a browser
 * sends as `Last-Event-ID` when it comes again.
 */
export const sseFormat: StreamFormat = {
  contentType: 'text/event-stream; charset=utf-8',
  // Without data it is no event, but a browser keeps the id.
  opening: (startId) => (startId === undefined ? ':\n\n' : `id: ${startId}\n\n`),
  heartbeat: ':\n\n',
  result: (json, eventId) => `${eventId === undefined ? '' : `id: ${eventId}\n`}event: next\ndata: ${json}\n\n`,
  completion: () => COMPLETE,
  failure: (error, requestId, isPassing) =>
    isPassing
      ? `retry: ${Math.round(RETRY_MS.least + Math.random() * (RETRY_MS.most - RETRY_MS.least))}\n\n`
      : `event: next\ndata: ${JSON.stringify({ errors: [clientErrorOf(error, requestId)] })}\n\n${COMPLETE}`,
};
