import type { Attributes, Span, SpanKind } from './span.ts';

export interface ReadSpans {
  spans: Span[];
  /** How many had no readable id or time. */
  rejected: number;
}

/** The request is no OTLP in JSON. */
export class OtlpError extends Error {
  override readonly name = 'OtlpError';
}

/** Beyond these a span is cut, so that no sender decides how much memory it takes. */
const MAX_TEXT = 8192;
const MAX_NAME = 200;
const MAX_LIST = 64;

type Json = Record<string, unknown>;

/**
 * The spans of an ExportTraceServiceRequest (OTLP 1.x, "JSON Protobuf Encoding": ids in hex, 64-bit numbers as text or
 * numbers). A span that cannot be read is counted, the others are taken.
 *
 * @throws OtlpError for what is none at all.
 */
export function readOtlp(body: string): ReadSpans {
  const spans: Span[] = [];
  let rejected = 0;
  for (const { resource, scopeSpans } of listOf(parse(body), 'resourceSpans')) {
    const service = String(attributesOf(Object(resource).attributes)['service.name'] ?? 'unknown').slice(0, MAX_NAME);
    for (const each of listOf({ scopeSpans }, 'scopeSpans').flatMap((scope) => listOf(scope, 'spans'))) {
      const span = spanOf(each, service);
      if (span === undefined) rejected++;
      else spans.push(span);
    }
  }
  return { spans, rejected };
}

function parse(body: string): Json {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    throw new OtlpError('The body is no JSON.');
  }
  if (!isObject(parsed)) throw new OtlpError('The body is no object with resourceSpans.');
  return parsed;
}

/** A list of objects; nothing where it is left out. */
function listOf(parent: Json, key: string): Json[] {
  const list = parent[key] ?? [];
  if (!Array.isArray(list) || !list.every(isObject)) throw new OtlpError(`${key} is no list of objects.`);
  return list;
}

const KINDS: readonly SpanKind[] = ['internal', 'internal', 'server', 'client', 'producer', 'consumer'];
const ERROR = 2;

function spanOf(span: Json, service: string): Span | undefined {
  const ids = idsOf(span);
  const startMs = millisecondsOf(span.startTimeUnixNano);
  const endMs = millisecondsOf(span.endTimeUnixNano);
  if (ids === undefined || startMs === undefined || endMs === undefined) return undefined;
  return {
    ...ids,
    parentSpanId: isId(span.parentSpanId, 16) ? span.parentSpanId : undefined,
    service,
    name: textOf(span.name, MAX_NAME),
    kind: KINDS[Number(span.kind)] ?? 'internal',
    startMs,
    durationMs: Math.max(0, endMs - startMs),
    isError: Object(span.status).code === ERROR,
    attributes: attributesOf(span.attributes),
    events: objectsOf(span.events).map((event) => ({
      name: textOf(event.name, MAX_NAME),
      atMs: millisecondsOf(event.timeUnixNano) ?? startMs,
      attributes: attributesOf(event.attributes),
    })),
    links: objectsOf(span.links).flatMap((link) => {
      const linked = idsOf(link);
      return linked === undefined ? [] : { ...linked, attributes: attributesOf(link.attributes) };
    }),
  };
}

function idsOf({ traceId, spanId }: Json): { traceId: string; spanId: string } | undefined {
  return isId(traceId, 32) && isId(spanId, 16) ? { traceId, spanId } : undefined;
}

const isId = (value: unknown, digits: number): value is string =>
  typeof value === 'string' && value.length === digits && /^[\da-f]+$/.test(value) && /[^0]/.test(value);

const NANOSECONDS = /^\d{1,20}$/;

function millisecondsOf(time: unknown): number | undefined {
  if (!NANOSECONDS.test(String(time))) return undefined;
  return Number(BigInt(String(time)) / 1000n) / 1000;
}

const objectsOf = (list: unknown): Json[] =>
  Array.isArray(list) ? list.slice(0, MAX_LIST).filter((each) => isObject(each)) : [];

const attributesOf = (list: unknown): Attributes =>
  Object.fromEntries(objectsOf(list).map(({ key, value }) => [textOf(key, MAX_NAME), shownValue(value)]));

function shownValue(value: unknown): string | number | boolean {
  const plain = plainValue(value, 0);
  if (typeof plain === 'number' || typeof plain === 'boolean') return plain;
  return textOf(typeof plain === 'string' ? plain : JSON.stringify(plain), MAX_TEXT);
}

const MAX_DEPTH = 4;

/** An AnyValue as plain JSON. */
function plainValue(value: unknown, depth: number): unknown {
  const { stringValue, intValue, doubleValue, boolValue, arrayValue, kvlistValue, bytesValue } = Object(value);
  if (stringValue !== undefined) return String(stringValue);
  if (intValue !== undefined) return Number.isSafeInteger(Number(intValue)) ? Number(intValue) : String(intValue);
  if (doubleValue !== undefined) return Number(doubleValue);
  if (boolValue !== undefined) return boolValue === true;
  if (bytesValue !== undefined) return String(bytesValue);
  if (depth === MAX_DEPTH) return '…';
  if (arrayValue !== undefined) return objectsOf(arrayValue?.values).map((each) => plainValue(each, depth + 1));
  const entries = objectsOf(kvlistValue?.values);
  return Object.fromEntries(entries.map((entry) => [String(entry.key), plainValue(entry.value, depth + 1)]));
}

function textOf(value: unknown, max: number): string {
  const text = typeof value === 'string' ? value : '';
  return text.length <= max ? text : `${text.slice(0, max)}…`;
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
