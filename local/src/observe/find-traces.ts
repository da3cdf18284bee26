import type { Trace, TraceStore } from './trace-store.ts';
import { hasFailed, type TraceSummary, traceSummary } from './trace-summary.ts';

export interface TraceFilter {
  /** Part of the operation's, the client's or a service's name; or a trace id, or a request id. Default: any. */
  text?: string;
  /** Only what failed or was refused. */
  onlyErrors?: boolean;
  /** Only what took longer. */
  slowerThanMs?: number;
  /** Also what requests set going, and what began by itself. By default only requests. */
  withBackground?: boolean;
}

export interface FoundTraces {
  /** Newest first. */
  traces: TraceSummary[];
  /** How many more there were. */
  leftOut: number;
}

const MAX_FOUND = 200;

export function findTraces(store: TraceStore, filter: TraceFilter): FoundTraces {
  const text = filter.text?.trim().toLowerCase() ?? '';
  const found = store
    .newestFirst()
    .map((trace) => ({ trace, summary: traceSummary(trace) }))
    .filter(({ trace, summary }) => {
      if (filter.onlyErrors === true && !hasFailed(summary)) return false;
      if (summary.durationMs < (filter.slowerThanMs ?? 0)) return false;
      if (text === '') return filter.withBackground === true || summary.begins === 'request';
      // Whoever asks for an id wants that trace, whatever it is.
      if (trace.id === text || hasRequestId(trace, text)) return true;
      return (filter.withBackground === true || summary.begins === 'request') && namesOf(summary).includes(text);
    })
    .map(({ summary }) => summary)
    .sort((a, b) => b.startMs - a.startMs);
  return { traces: found.slice(0, MAX_FOUND), leftOut: Math.max(0, found.length - MAX_FOUND) };
}

const namesOf = ({ name, client = '', errorType = '', services }: TraceSummary) =>
  [name, client, errorType, ...services].join('\n').toLowerCase();

/** By OpenTelemetry's conventions for HTTP: as the caller sent it, or as it was answered with. */
const REQUEST_ID_NAMES = ['http.request.header.x-request-id', 'http.response.header.x-request-id'];

function hasRequestId({ spans }: Trace, id: string): boolean {
  // A header's values are a list; not everybody keeps to that.
  const wanted = [id, JSON.stringify([id])];
  return spans
    .values()
    .some(({ attributes }) =>
      REQUEST_ID_NAMES.some((name) => wanted.includes(String(attributes[name] ?? '').toLowerCase())),
    );
}
