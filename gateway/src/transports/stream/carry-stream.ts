import type { Logger } from '@tributary/service-kit';
import type { FastifyReply } from 'fastify';
import { ResponseStream } from '../../http/response-stream.ts';
import { carryPayloads } from '../../incremental/carry-payloads.ts';
import type { Exchange } from '../../pipeline/exchange.ts';
import type { CarryStream } from '../../pipeline/graphql-pipeline.ts';
import type { Answer } from '../../pipeline/respond.ts';
import type { LiveConnections } from '../live-connections.ts';
import { LiveStream } from './live-stream.ts';
import { multipartFormat } from './multipart-format.ts';
import { sseFormat } from './sse-format.ts';
import type { StreamFormat } from './stream-format.ts';

export interface CarryStreamParts {
  readonly connections: LiveConnections;
  readonly slowAfterMs: number;
  readonly log: Logger;
}

/** Answers with a stream: of a subscription's results, or of the one result of anything else. */
export function carryStream(parts: CarryStreamParts): CarryStream {
  return (exchange, reply, answer) => {
    const format = exchange.stream === 'multipart' ? multipartFormat : sseFormat;
    const stream = new ResponseStream(reply, format.contentType);
    if (answer.later !== undefined) {
      carryLater(answer, answer.later, stream, format).catch((err: unknown) => {
        parts.log.error({ request_id: exchange.request.id, err }, 'an answer in parts broke');
      });
      return reply;
    }
    if (answer.live === undefined) {
      stream.end(format.result(answer.body.toString(), undefined) + format.completion());
      return reply;
    }
    carry(exchange, reply, answer.live, stream, parts).catch((err: unknown) => {
      parts.log.error({ request_id: exchange.request.id, err }, 'a stream of results broke');
      stream.destroy();
    });
    return reply;
  };
}

/** Of an answer of which parts follow, each is an event. */
function carryLater(
  { body }: Answer,
  later: NonNullable<Answer['later']>,
  stream: ResponseStream,
  format: StreamFormat,
): Promise<void> {
  stream.onLeave(() => void later.return?.());
  return carryPayloads(body.toString(), later, {
    write: (json) => stream.write(format.result(json, undefined)),
    end: () => stream.end(format.completion()),
    destroy: () => stream.destroy(),
  });
}

type Live = NonNullable<Answer['live']>;

async function carry(
  exchange: Exchange,
  reply: FastifyReply,
  live: Live,
  stream: ResponseStream,
  { connections, slowAfterMs }: CarryStreamParts,
): Promise<void> {
  const { request, seats, identityEndsMs: expiresMs } = exchange;
  const format = exchange.stream === 'multipart' ? multipartFormat : sseFormat;
  const carried = new LiveStream({ live, stream, format, requestId: request.id, expiresMs, slowAfterMs });
  const { accessFields } = request;
  accessFields.ended = 'left';
  connections.add(carried);
  const close = () => {
    accessFields.results = carried.results;
    connections.delete(carried);
    seats?.connection?.leave();
  };
  // Before the access line is written.
  if (reply.raw.destroyed) close();
  else reply.raw.prependOnceListener('close', close);
  const reason = await carried.run();
  accessFields.ended = reason;
  seats?.subscription.leave(reason);
}
