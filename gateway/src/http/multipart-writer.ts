import type { FastifyReply } from 'fastify';
import { ResponseStream } from './response-stream.ts';

const PART = '\r\ncontent-type: application/json; charset=utf-8\r\n\r\n';
const BOUNDARY = '\r\n---';

/** What stands before the first part, and behind the last one. */
export const MULTIPART = { opening: BOUNDARY, ending: '--\r\n' };

/** @param json one part, with the boundary behind it */
export const partText = (json: string): string => `${PART}${json}${BOUNDARY}`;

/**
 * A `multipart/mixed` answer of JSON parts (GraphQL over HTTP, "Incremental Delivery"), boundary `-`. The boundary behind
 * a part is sent with it: a client knows that the part is whole when it comes, not when the next one does.
 */
export class MultipartWriter {
  readonly stream: ResponseStream;

  /** @param parameters further ones of the media type, such as `subscriptionSpec=1.0`. Default: none */
  constructor(reply: FastifyReply, parameters = '') {
    const suffix = parameters === '' ? '' : `; ${parameters}`;
    this.stream = new ResponseStream(reply, `multipart/mixed; boundary="-"${suffix}`);
    this.stream.write(MULTIPART.opening);
  }

  /**
   * @param json one part
   * @returns where the client reads slower than that: a promise for when it may have more
   */
  part(json: string): Promise<void> | undefined {
    this.stream.write(partText(json));
    return this.stream.room();
  }

  end(): void {
    this.stream.end(MULTIPART.ending);
  }
}
