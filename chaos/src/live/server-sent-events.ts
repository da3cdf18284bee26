import { request as send } from 'undici';
import type { LiveListener, LiveWay } from './live-way.ts';

/** Longer than between two heartbeats: a gateway that is silent for so long is gone. */
const SILENT_MS = 30_000;
const BETWEEN_EVENTS = '\n\n';

/** One subscription in one answer, gone on with by the header `last-event-id`, as a browser's EventSource does it. */
export const serverSentEvents: LiveWay = async (request, listener, signal) => {
  try {
    const { headers, body } = await send(`${request.gatewayUrl}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        authorization: `Bearer ${request.accessToken}`,
        ...(request.lastEventId === undefined ? {} : { 'last-event-id': request.lastEventId }),
      },
      body: JSON.stringify({ query: request.query, variables: request.variables }),
      bodyTimeout: SILENT_MS,
      signal,
    });
    if (!String(headers['content-type']).startsWith('text/event-stream')) {
      listener.result((await body.json()) as object, undefined);
      return;
    }
    let text = '';
    for await (const chunk of body.setEncoding('utf8')) {
      const events = (text + chunk).split(BETWEEN_EVENTS);
      text = events.pop() ?? '';
      for (const event of events) tell(event, listener);
    }
  } catch {
    // Left, refused or lost: over in any case.
  }
};

function tell(event: string, listener: LiveListener): void {
  const fields = new Map(event.split('\n').map((line) => [line.split(':', 1)[0], line.replace(/^[^:]*: ?/, '')]));
  const id = fields.get('id');
  if (fields.get('event') === 'next') listener.result(JSON.parse(fields.get('data') ?? '{}'), id);
  else if (id !== undefined) listener.began(id);
}
