import { CodedError } from '@tributary/service-kit';
import { parseCookie } from 'cookie';
import type { OperationReply, OperationRequest } from '../http/operation-request.ts';
import { addVary } from '../http/vary.ts';

/** What a request says of who sends it, as an `authorization` header; undefined for nothing. */
export type Credentials = (request: OperationRequest, reply: OperationReply) => string | undefined;

/** Headers that a script of another site cannot send unless a preflight allows it. */
const CUSTOM_HEADERS = ['apollo-require-preflight', 'apollographql-client-name'];

export const fromHeader: Credentials = ({ headers }) => headers.authorization;

/**
 * The header, and where there is none the token in this cookie. A browser sends a cookie whoever asks it to: a request with it,
 * by whatever method, needs a header that another site's script cannot send, and must not come from another site
 * (docs/adr/0031).
 *
 * @throws CodedError CSRF_PREVENTED
 */
export const fromHeaderOrCookie =
  (cookieName: string, allowedOrigins: readonly string[]): Credentials =>
  (request, reply) => {
    addVary(reply, 'cookie');
    const { headers } = request;
    if (headers.authorization !== undefined) return headers.authorization;
    if (headers.cookie === undefined) return undefined;
    const token = parseCookie(headers.cookie)[cookieName];
    // Of a cookie that was deleted, some browsers send the name.
    if (token === undefined || token === '') return undefined;
    const isFromScript = CUSTOM_HEADERS.some((name) => headers[name]);
    if (!isFromScript || isFromElsewhere(request, allowedOrigins)) throw new CodedError('CSRF_PREVENTED');
    return `Bearer ${token}`;
  };

function isFromElsewhere({ headers, host }: OperationRequest, allowedOrigins: readonly string[]): boolean {
  const { origin } = headers;
  if (origin === undefined) {
    const site = headers['sec-fetch-site'];
    return site !== undefined && site !== 'same-origin' && site !== 'none';
  }
  return !allowedOrigins.includes(origin) && URL.parse(origin)?.host !== host;
}
