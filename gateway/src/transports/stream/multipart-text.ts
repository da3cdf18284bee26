const PART = '\r\ncontent-type: application/json; charset=utf-8\r\n\r\n';
const BOUNDARY = '\r\n---';

/**
 * The text of a `multipart/mixed` answer of JSON parts (GraphQL over HTTP, "Incremental Delivery"), boundary `-`. The
 * boundary behind a part is sent with it: a client knows that the part is whole when it comes, not when the next one does.
 */
export const MULTIPART = {
  /** Before the first part. */
  opening: BOUNDARY,
  part: (json: string): string => `${PART}${json}${BOUNDARY}`,
  /** Behind the last one. */
  ending: '--\r\n',
};
