export type SpanKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer';

/** Lists and maps are their JSON. */
export type Attributes = Readonly<Record<string, string | number | boolean>>;

/** A span as it is kept and shown. Times are milliseconds of the Unix epoch, with microseconds behind the point. */
export interface Span {
  traceId: string;
  spanId: string;
  parentSpanId: string | undefined;
  /** `service.name` of who made it. */
  service: string;
  name: string;
  kind: SpanKind;
  startMs: number;
  durationMs: number;
  isError: boolean;
  attributes: Attributes;
  events: readonly { name: string; atMs: number; attributes: Attributes }[];
  links: readonly { traceId: string; spanId: string; attributes: Attributes }[];
}
