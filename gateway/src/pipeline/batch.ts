import { Exchange } from './exchange.ts';
import type { Answer } from './respond.ts';

/** One operation of a batch. */
export interface BatchPart {
  /** What a request of its own would have for a body. */
  readonly body: unknown;
}

/**
 * Answers a batch as Apollo Server does: an array in the order of the operations, which run at the same time. Its status
 * is 200, but where all of them have another one in common: a bad token refuses each.
 */
export async function answerBatch(
  batch: Exchange,
  parts: readonly BatchPart[],
  answerTo: (exchange: Exchange) => Promise<Answer>,
): Promise<Answer> {
  const { reply, request, mediaType } = batch;
  request.accessFields.batch = parts.length;
  // Each operation listens for the client's departure.
  reply.raw.setMaxListeners(reply.raw.getMaxListeners() + parts.length);
  const answers = await Promise.all(parts.map((part) => answerTo(partOf(batch, part))));
  const status = answers[0]?.status ?? 200;
  const isCommon = answers.every((answer) => answer.status === status);
  const body = `[${answers.map(({ body }) => body.toString()).join()}]`;
  return { status: isCommon ? status : 200, mediaType, body };
}

function partOf(batch: Exchange, part: BatchPart): Exchange {
  const { request, reply, generation, view, line, mediaType, client } = batch;
  const exchange = new Exchange(request, reply, generation.enter(), part);
  exchange.view = view;
  exchange.line = line;
  exchange.mediaType = mediaType;
  exchange.client = client;
  return exchange;
}
