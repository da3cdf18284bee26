import type { IncomingHttpHeaders } from 'node:http';

type Headers = Record<string, string | string[]>;

/** RFC 9110, 7.6.1, and its predecessors. */
const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];
/**
 * Not for a service: who the client is (these routes are public and see no identity), what a proxy says of it (anybody
 * can), and what the gateway says itself.
 */
const NOT_FORWARDED = new Set([
  ...HOP_BY_HOP,
  'authorization',
  'b3',
  'baggage',
  'cookie',
  'expect',
  'forwarded',
  'host',
  'remote-user',
  'traceparent',
  'tracestate',
  'x-deadline-ms',
  'x-real-ip',
  'x-request-id',
]);
const NOT_FORWARDED_PREFIXES = [
  ...['x-b3-', 'x-forwarded-', 'x-user-', 'x-envoy-'],
  // By which proxies that sign people in, and those that end TLS, tell who it is.
  ...[
    'x-auth-',
    'x-authenticated-',
    'x-remote-',
    'x-amzn-oidc-',
    'x-goog-authenticated-',
    'x-goog-iap-',
    'x-ms-client-',
  ],
  ...['client-cert', 'ssl-client-', 'x-client-cert', 'x-ssl-client-', 'x-tls-client-'],
];
/** Cookies would be the gateway's own; the gateway sets its request id; by what a service is made is nobody's business. */
const NOT_RETURNED = new Set([...HOP_BY_HOP, 'server', 'set-cookie', 'x-powered-by', 'x-request-id']);

/** Unlike a subgraph fetch a passthrough does not list what it forwards: webhooks are signed under headers of any name. */
export const requestHeadersFor = (headers: IncomingHttpHeaders): Headers =>
  without(
    headers,
    (name) => NOT_FORWARDED.has(name) || NOT_FORWARDED_PREFIXES.some((prefix) => name.startsWith(prefix)),
  );

export const responseHeadersFor = (headers: IncomingHttpHeaders): Headers =>
  without(headers, (name) => NOT_RETURNED.has(name));

function without(headers: IncomingHttpHeaders, isLeftOut: (name: string) => boolean): Headers {
  const connection = String(headers.connection ?? '').toLowerCase();
  const named = new Set(connection.split(',').map((name) => name.trim()));
  return Object.fromEntries(
    Object.entries(headers).filter(([name, value]) => value !== undefined && !isLeftOut(name) && !named.has(name)),
  ) as Headers;
}
