const BELOW_LINE = /^(?:https?:\/\/[^/?#]*)?\/[^/?#]*([^?#]*)/i;

/**
 * What is asked for below `/v{n}`, as it was sent: `/books/a%2Fb`. A path is split before it is decoded, and decoded once
 * (RFC 3986, 2.4 and 7.3); Fastify's `*` is decoded already.
 *
 * @param url path and query, or all of a URL where a request to a proxy came here
 */
export const pathBelowLine = (url = ''): string => BELOW_LINE.exec(url)?.[1] ?? '';
