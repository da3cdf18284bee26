import { CodedError, type Logger, tellRefusal } from '@tributary/service-kit';
import type { FastifyReply } from 'fastify';
import { ResponseStream } from '../../http/response-stream.ts';
import { carryPayloads } from '../../incremental/carry-payloads.ts';
import type { Exchange } from '../../pipeline/exchange.ts';
import type { CarryStream } from '../../pipeline/graphql-pipeline.ts';
import type { Answer } from '../../pipeline/respond.ts';
import type { Ended } from '../carry-results.ts';
import type { LiveConnections } from '../live-connections.ts';
import { INCREMENTAL_FORMATS } from './incremental-format.ts';
import { LiveStream } from './live-stream.ts';
import { multipartFormat } from './multipart-format.ts';
import { sseFormat } from './sse-format.ts';
import type { PartsFormat } from './stream-format.ts';

export interface CarryStreamParts {
  readonly connections: LiveConnections;
  readonly slowAfterMs: number;
  readonly log: Logger;
}

/** Answers with a stream: of a subscription's results, of what is deferred, or of the one result of anything else. */
export function carryStream(parts: CarryStreamParts): CarryStream {
  const { log } = parts;
  return (exchange, reply, answer) => {
    const { request } = exchange;
    const broke = (what: string) => (err: unknown) => log.error({ request_id: request.id, err }, what);
    if (answer.live !== undefined) {
      carryLive(exchange, reply, answer.live, parts).catch(broke('a stream of results broke'));
      return reply;
    }
    const format = exchange.isEventStream ? sseFormat : INCREMENTAL_FORMATS[exchange.incrementalFormat ?? 'v0.2'];
    request.accessFields.transport = exchange.isEventStream ? 'sse' : 'multipart';
    try {
      const stream = new ResponseStream(reply, format.contentType);
      if (answer.later === undefined) stream.end(format.result(answer.body.toString()) + format.completion());
      else carryLater(exchange, answer, answer.later, stream, format).catch(broke('an answer in parts broke'));
    } catch (error) {
      void answer.later?.return?.();
      cut(exchange, reply);
      broke('an answer could not begin')(error);
    }
    return reply;
  };
}

/** It is no longer Fastify's, which would answer it otherwise. */
function cut({ request: { accessFields } }: Exchange, { raw }: FastifyReply): void {
  tellRefusal(accessFields, new CodedError('INTERNAL_SERVER_ERROR'));
  raw.destroy();
}

/** Of an answer of which parts follow, each is one. The access line is written once all are sent. */
async function carryLater(
  { request: { accessFields } }: Exchange,
  { body }: Answer,
  later: NonNullable<Answer['later']>,
  stream: ResponseStream,
  format: PartsFormat,
): Promise<void> {
  let results = 0;
  accessFields.ended = 'left';
  stream.onLeave(() => void later.return?.());
  stream.write(format.opening());
  await carryPayloads(body.toString(), later, {
    write(json) {
      accessFields.results = ++results;
      stream.write(format.result(json));
    },
    end() {
      accessFields.ended = 'completed';
      stream.end(format.completion());
    },
    destroy() {
      accessFields.ended = 'failed';
      tellRefusal(accessFields, new CodedError('INTERNAL_SERVER_ERROR'));
      stream.destroy();
    },
  });
}

/** A subscription has an access line when it has begun, and another one when it has ended. */
async function carryLive(
  exchange: Exchange,
  reply: FastifyReply,
  live: NonNullable<Answer['live']>,
  { connections, slowAfterMs, log }: CarryStreamParts,
): Promise<void> {
  const { request, seats, identityEndsMs: expiresMs } = exchange;
  const format = exchange.stream === 'multipart' ? multipartFormat : sseFormat;
  request.accessFields.transport = exchange.stream ?? 'sse';
  let carried: LiveStream | undefined;
  const close = () => {
    if (carried !== undefined) connections.delete(carried);
    seats?.connection?.leave();
  };
  let ended: Ended = { reason: 'failed', error: undefined };
  try {
    const stream = new ResponseStream(reply, format.contentType);
    reply.request.tellAnswered();
    carried = new LiveStream({ live, stream, format, requestId: request.id, expiresMs, slowAfterMs });
    connections.add(carried);
    if (reply.raw.destroyed) close();
    else reply.raw.once('close', close);
    ended = await carried.run();
  } catch (error) {
    close();
    void live.return?.();
    cut(exchange, reply);
    throw error;
  } finally {
    seats?.subscription.leave(ended.reason);
    carried?.tally.tellEnd(request, request.method, ended, log);
  }
}
