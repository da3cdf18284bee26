import type { Logger } from '@tributary/service-kit';
import type { FastifyReply } from 'fastify';
import { MultipartWriter } from '../http/multipart-writer.ts';
import { carryPayloads } from '../incremental/carry-payloads.ts';
import type { Exchange } from './exchange.ts';

const PARAMETERS = { 'v0.2': 'incrementalSpec=v0.2', '20220824': 'deferSpec=20220824' } as const;

/** Sends an answer of which parts follow, each as a part of a multipart body (GraphQL over HTTP, "Incremental Delivery"). */
export function sendParts(
  exchange: Exchange,
  reply: FastifyReply,
  first: string,
  later: AsyncIterableIterator<string>,
  log: Logger,
): FastifyReply {
  const writer = new MultipartWriter(reply, PARAMETERS[exchange.incrementalFormat ?? 'v0.2']);
  writer.stream.onLeave(() => void later.return?.());
  const sink = {
    write: (json: string) => void writer.part(json),
    end: () => writer.end(),
    destroy: () => writer.stream.destroy(),
  };
  carryPayloads(first, later, sink).catch((err: unknown) => {
    log.error({ request_id: exchange.request.id, err }, 'an answer in parts broke');
  });
  return reply;
}
