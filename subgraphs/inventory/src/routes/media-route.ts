import { CodedError, type Routes } from '@tributary/service-kit';
import type { MediaLibrary } from '../media-library.ts';

/** For a day without asking; after that the etag saves the transfer. A file keeps its name when it is redrawn. */
const CACHE_CONTROL = 'public, max-age=86400, stale-while-revalidate=604800';
/** An SVG is a document that could run scripts when it is opened by itself. */
const CONTENT_SECURITY_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/** `GET /media/:file`: the products' images, for everybody. */
export const mediaRoute =
  (media: MediaLibrary): Routes =>
  (app) => {
    app.get<{ Params: { file: string } }>('/media/:file', (request, reply) => {
      const file = media.find(request.params.file);
      if (file === undefined) throw new CodedError('NOT_FOUND');
      reply.headers({
        'cache-control': CACHE_CONTROL,
        'content-security-policy': CONTENT_SECURITY_POLICY,
        'x-content-type-options': 'nosniff',
        etag: file.etag,
      });
      if (request.headers['if-none-match'] === file.etag) return reply.code(304).send();
      return reply.type('image/svg+xml').send(file.body);
    });
  };
