import { z } from 'zod';

/**
 * The cookie in which browsers send the access token (docs/edge/http.md). Default: none is read. With `__Host-` at its
 * beginning, browsers take it from this host alone, and by HTTPS.
 */
export const cookieConfig = z
  .strictObject({
    name: z
      .string()
      .regex(/^[\w!#$%&'*+.^`|~-]+$/, 'expected the name of a cookie')
      .default('__Host-access_token'),
  })
  .optional();
