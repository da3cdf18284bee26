import { Readable } from 'node:stream';
import { CodedError, currentTraceHeaders, DEADLINE_HEADER, type ErrorCode } from '@tributary/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Dispatcher } from 'undici';
import { requestHeadersFor, responseHeadersFor } from './forwarded-headers.ts';
import { isSafePath } from './safe-path.ts';

export interface ForwardLimits {
  deadlineMs: number;
  bodyLimitBytes: number;
  maxResponseBytes: number;
}

/**
 * Hands a request on to `baseUrl` as it came, byte for byte (webhook signatures), and streams the answer back. Redirects
 * go to the client. The path is the client's, below the base URL's own.
 *
 * @throws CodedError when there is no answer to hand back.
 */
export async function forward(
  dispatcher: Dispatcher,
  baseUrl: string,
  limits: ForwardLimits,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const target = request.raw.url ?? '/';
  if (!isSafePath(target.split('?', 1)[0] ?? '')) throw new CodedError('NOT_FOUND');
  if (Number(request.headers['content-length']) > limits.bodyLimitBytes) throw new CodedError('PAYLOAD_TOO_LARGE');
  // Its `close` has been, and would abort nothing any more.
  if (reply.raw.destroyed) throw new CodedError('SUBGRAPH_UNAVAILABLE');
  const { origin, pathname } = new URL(baseUrl);
  const { signal, isLate } = endOf(reply, limits.deadlineMs);
  try {
    const answer = await dispatcher.request({
      origin,
      path: `${pathname.replace(/\/$/, '')}${target}`,
      method: request.method as Dispatcher.HttpMethod,
      headers: {
        ...requestHeadersFor(request.headers),
        'x-request-id': request.id,
        [DEADLINE_HEADER]: String(limits.deadlineMs),
        ...currentTraceHeaders(),
      },
      body: request.body instanceof Readable ? Readable.from(limited(request.body, limits.bodyLimitBytes)) : null,
      signal,
    });
    if (Number(answer.headers['content-length']) > limits.maxResponseBytes) {
      answer.body.destroy();
      throw new CodedError('SUBGRAPH_RESPONSE_INVALID');
    }
    return reply
      .code(answer.statusCode)
      .headers(responseHeadersFor(answer.headers))
      .send(Readable.from(limited(answer.body, limits.maxResponseBytes)));
  } catch (error) {
    if (error instanceof CodedError) throw error;
    throw new CodedError(codeOf(isLate(), request.raw.complete), undefined, { cause: error });
  }
}

/** A client that holds its own request back keeps the service waiting, not the other way round. */
function codeOf(isLate: boolean, hasArrived: boolean): ErrorCode {
  if (!isLate) return 'SUBGRAPH_UNAVAILABLE';
  return hasArrived ? 'DEADLINE_EXCEEDED' : 'REQUEST_TIMEOUT';
}

/** Aborts at the deadline, also while the answer is on its way, and when the client has gone. */
function endOf(reply: FastifyReply, deadlineMs: number): { signal: AbortSignal; isLate: () => boolean } {
  const controller = new AbortController();
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    controller.abort();
  }, deadlineMs);
  reply.raw.once('close', () => {
    clearTimeout(timer);
    controller.abort();
  });
  return { signal: controller.signal, isLate: () => late };
}

async function* limited(stream: Readable, maxBytes: number): AsyncGenerator<Buffer> {
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw new CodedError('PAYLOAD_TOO_LARGE');
    yield chunk;
  }
}
