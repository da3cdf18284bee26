import { until } from './until.ts';

export interface StreamedEvent {
  id: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads answers of many shapes
  data: any;
}

/** A subscription as a browser's EventSource has it. */
export interface EventStream {
  readonly status: number;
  /** All results so far. */
  readonly events: readonly StreamedEvent[];
  has(what: string, isIt: (event: StreamedEvent) => boolean): Promise<StreamedEvent>;
  leave(): void;
}

/** Subscribes by server-sent events. */
export async function subscribe(
  url: string,
  query: string,
  variables: Record<string, unknown>,
  headers: Record<string, string>,
): Promise<EventStream> {
  const leaving = new AbortController();
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...headers },
    body: JSON.stringify({ query, variables }),
    signal: leaving.signal,
  });
  const events: StreamedEvent[] = [];
  const read = async () => {
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      events.push(...blocks.flatMap(eventOf));
    }
  };
  // It ends by an error where it is left, or cut off.
  void read().catch(() => {});
  return {
    status: response.status,
    events,
    has: (what, isIt) => until(what, () => events.find(isIt), 30_000),
    leave: () => leaving.abort(),
  };
}

function eventOf(block: string): StreamedEvent[] {
  const lines = new Map(
    block.split('\n').map((line) => [line.split(':', 1)[0], line.slice(line.indexOf(':') + 1).trim()]),
  );
  if (lines.get('event') !== 'next') return [];
  return [{ id: lines.get('id'), data: JSON.parse(lines.get('data') ?? 'null') }];
}
