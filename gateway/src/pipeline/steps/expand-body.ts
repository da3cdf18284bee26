import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { CodedError } from '@tributary/service-kit';
import { fewAtOnce } from '../../http/few-at-once.ts';
import type { Step } from '../exchange.ts';

/** Without zstd, whose frames may ask for 128 MB of memory before they have said anything. */
const EXPAND = {
  br: promisify(brotliDecompress),
  deflate: promisify(inflate),
  gzip: promisify(gunzip),
};
/** As many as there are threads for it: more of them only hold memory, of which brotli takes up to 16 MB for one. */
const inTurn = fewAtOnce(4);
const ACCEPTED = Object.keys(EXPAND).join(', ');

/**
 * A body with a content coding, as it was before. It may be as long as one without a coding: what would become longer is
 * not expanded any further.
 */
export const expandBody =
  (bodyLimitBytes: number): Step =>
  ({ request, reply }) => {
    const header = request.headers['content-encoding'];
    if (header === undefined || request.method === 'GET') return;
    const coding = header
      .trim()
      .toLowerCase()
      .replace(/^x-gzip$/, 'gzip');
    if (coding === 'identity') return;
    if (!isKnown(coding)) {
      reply.header('accept-encoding', ACCEPTED);
      throw new CodedError(
        'UNSUPPORTED_MEDIA_TYPE',
        `The content coding of the request is not supported: ${ACCEPTED} are.`,
      );
    }
    if (!Buffer.isBuffer(request.body) || request.body.length === 0) return;
    const { body } = request;
    return inTurn(() => EXPAND[coding](body, { maxOutputLength: bodyLimitBytes })).then(
      (body) => {
        request.body = body;
      },
      (error) => {
        if (error.code === 'ERR_BUFFER_TOO_LARGE') throw new CodedError('PAYLOAD_TOO_LARGE');
        throw new CodedError('BAD_REQUEST', `The body is not ${coding}.`);
      },
    );
  };

const isKnown = (coding: string): coding is keyof typeof EXPAND => Object.hasOwn(EXPAND, coding);
