import { promisify } from 'node:util';
import { brotliCompress, constants, gzip, zstdCompress } from 'node:zlib';
import type { ContentCoding } from './content-coding.ts';

const asZstd = promisify(zstdCompress);
const asBrotli = promisify(brotliCompress);
const asGzip = promisify(gzip);

/** A level more costs more time than it saves bytes: JSON repeats its keys, and the first level finds them. */
const ZSTD = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };
const BROTLI = {
  params: { [constants.BROTLI_PARAM_QUALITY]: 1, [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT },
};
const GZIP = { level: constants.Z_BEST_SPEED };

const COMPRESS: Record<ContentCoding, (body: Buffer) => Promise<Buffer>> = {
  zstd: (body) => asZstd(body, ZSTD),
  br: (body) => asBrotli(body, BROTLI),
  gzip: (body) => asGzip(body, GZIP),
};

/** In a thread of its own: the event loop goes on. */
export const compress = (body: Buffer, coding: ContentCoding): Promise<Buffer> => COMPRESS[coding](body);
