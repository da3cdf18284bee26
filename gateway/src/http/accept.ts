const RESPONSE_MEDIA_TYPES = ['application/graphql-response+json', 'application/json'] as const;
export type ResponseMediaType = (typeof RESPONSE_MEDIA_TYPES)[number];

/** How results can come that come one after the other. */
export type AcceptedStream = 'sse' | 'multipart';

interface Range {
  type: string;
  parameters: readonly string[];
  quality: number;
}

/**
 * The media type to answer with (GraphQL over HTTP, "Body"; RFC 9110, 12.5.1), or undefined when none is accepted.
 * Without a header `application/graphql-response+json`; where only a wildcard asks, `application/json`, which every
 * client of that kind reads.
 */
export function negotiateMediaType(accept: string | undefined): ResponseMediaType | undefined {
  if (accept === undefined) return 'application/graphql-response+json';
  const ranges = parseAccept(accept);
  const candidates = RESPONSE_MEDIA_TYPES.map((type) => ({ type, ...preference(type, ranges) }));
  const [best] = candidates
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality || b.precision - a.precision);
  if (best === undefined) return undefined;
  return best.precision < 2 && candidates.every(({ quality }) => quality === best.quality)
    ? 'application/json'
    : best.type;
}

/** Of Apollo's multipart subscriptions, the version that we speak. */
const SUBSCRIPTION_PARTS = /^subscriptionspec="?1\.0"?$/;

/**
 * As what a client takes the results of a subscription: what it likes best, server-sent events where it likes both; they
 * have to be named, as who accepts everything does not expect an answer without an end.
 */
export function acceptedStream(accept: string | undefined): AcceptedStream | undefined {
  if (accept === undefined) return undefined;
  const ranges = parseAccept(accept);
  const quality = (wanted: (range: Range) => boolean) => ranges.find(wanted)?.quality ?? 0;
  const sse = quality(({ type }) => type === 'text/event-stream');
  const multipart = quality(
    ({ type, parameters }) => type === 'multipart/mixed' && parameters.some((text) => SUBSCRIPTION_PARTS.test(text)),
  );
  if (sse === 0 && multipart === 0) return undefined;
  return sse >= multipart ? 'sse' : 'multipart';
}

/** How a client takes what is deferred: as the specification's draft has it, or as it was in August 2022. */
export type IncrementalFormat = 'v0.2' | '20220824';

const DEFER_PARTS = /^deferspec="?20220824"?$/;
const CURRENT_PARTS = /^incrementalspec="?v0\.2"?$/;
const OTHER_PARTS = /^(?:deferspec|incrementalspec|subscriptionspec)=/;

/**
 * As what a client takes an answer in parts: what it names first of what we speak. Without a parameter it is the
 * specification's; undefined: it does not take any.
 */
export function acceptedIncremental(accept: string | undefined): IncrementalFormat | undefined {
  if (accept === undefined || !/multipart\/mixed/i.test(accept)) return undefined;
  for (const { type, parameters, quality } of parseAccept(accept)) {
    if (type !== 'multipart/mixed' || quality === 0) continue;
    if (parameters.some((text) => DEFER_PARTS.test(text))) return '20220824';
    if (parameters.some((text) => CURRENT_PARTS.test(text))) return 'v0.2';
    if (!parameters.some((text) => OTHER_PARTS.test(text))) return 'v0.2';
  }
  return undefined;
}

/** Whether an answer of that type may be sent. */
export const acceptsType = (accept: string | undefined, type: string): boolean =>
  accept === undefined || preference(type, parseAccept(accept)).quality > 0;

/** Whether a browser asks for a page. */
export const acceptsHtml = (accept: string | undefined): boolean =>
  parseAccept(accept ?? '').some(({ type, quality }) => type === 'text/html' && quality > 0);

/** The most precise range that covers `type` decides: 2 by name, 1 by `application/*`, 0 by a full wildcard. */
function preference(type: string, ranges: readonly Range[]): { quality: number; precision: number } {
  for (const [precision, pattern] of [
    [2, type],
    [1, 'application/*'],
    [0, '*/*'],
  ] as const) {
    const range = ranges.find((candidate) => candidate.type === pattern);
    if (range !== undefined) return { quality: range.quality, precision };
  }
  return { quality: 0, precision: 0 };
}

function parseAccept(accept: string): Range[] {
  return accept.split(',').map((part) => {
    const [type = '', ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase());
    const q = parameters.find((parameter) => parameter.startsWith('q='));
    const quality = q === undefined ? 1 : Number(q.slice(2));
    return { type, parameters, quality: quality >= 0 && quality <= 1 ? quality : 0 };
  });
}
