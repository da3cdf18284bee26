import { CodedError } from '@tributary/service-kit';
import { byHeader } from '../../http/by-header.ts';
import type { Step } from '../exchange.ts';

/** Headers that a script of another site cannot send without asking first (a CORS preflight). */
const PREFLIGHTED = [
  'apollo-require-preflight',
  'apollographql-client-name',
  'authorization',
  'x-apollo-operation-name',
];

/**
 * Media type of the request, and with it cross-site request forgery: a browser sends `application/json` to another
 * site only after a preflight, and forms never. A GET needs no content type, so where the browser says that another
 * site made it, it has to carry a header that needs one. (It could only read, and not the answer; but it could ask.)
 */
export const refuseForgery =
  (allowedOrigins: readonly string[]): Step =>
  ({ request }) => {
    if (request.method === 'POST' || request.headers['content-type'] !== undefined) {
      if (!isJson(request.headers['content-type'])) throw new CodedError('UNSUPPORTED_MEDIA_TYPE');
      return;
    }
    const site = request.headers['sec-fetch-site'];
    if (site === undefined || site === 'same-origin' || site === 'none') return;
    const { origin } = request.headers;
    if (origin !== undefined && allowedOrigins.includes(origin)) return;
    if (!PREFLIGHTED.some((name) => request.headers[name])) throw new CodedError('CSRF_PREVENTED');
  };

const isJson = byHeader((contentType) => {
  const [type = '', ...parameters] = (contentType ?? '').split(';').map((part) => part.trim().toLowerCase());
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.slice('charset='.length);
  return type === 'application/json' && (charset === undefined || charset === 'utf-8' || charset === '"utf-8"');
});
