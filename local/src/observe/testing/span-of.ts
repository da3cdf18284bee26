import type { Span } from '../span.ts';

/** A trace id made of a small number. */
export const traceIdOf = (number: number): string => number.toString(16).padStart(32, '0');

/** A span id made of a small number. */
export const spanIdOf = (number: number): string => number.toString(16).padStart(16, '0');

/** A span of the trace 1 that begins at 0 and takes 10 ms, but for what is given; `id` and `parent` are small numbers. */
export const spanOf = ({ id, parent, trace = 1, ...given }: Partial<Span> & Ids): Span => ({
  traceId: traceIdOf(trace),
  spanId: spanIdOf(id),
  parentSpanId: parent === undefined ? undefined : spanIdOf(parent),
  service: 'gateway',
  name: `span ${id}`,
  kind: 'internal',
  startMs: 0,
  durationMs: 10,
  isError: false,
  attributes: {},
  events: [],
  links: [],
  ...given,
});

interface Ids {
  id: number;
  parent?: number;
  trace?: number;
}
