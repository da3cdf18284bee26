const RESPONSE_MEDIA_TYPES = ['application/graphql-response+json', 'application/json'] as const;
export type ResponseMediaType = (typeof RESPONSE_MEDIA_TYPES)[number];

interface Range {
  type: string;
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
    return { type, quality: quality >= 0 && quality <= 1 ? quality : 0 };
  });
}
