import { context } from '@opentelemetry/api';
import { type Logger, operationOutcome, tellOutcome, withOperation, writeAccessLine } from '@tributary/service-kit';
import type { OperationRequest } from '../http/operation-request.ts';
import { Exchange } from './exchange.ts';
import { summaryOf } from './exchange-summary.ts';
import type { Answer } from './respond.ts';

/** One operation of a batch. */
export interface BatchPart {
  /** What a request of its own would have for a body. */
  readonly body: unknown;
}

/**
 * Answers a batch as Apollo Server does: an array in the order of the operations, which run at the same time. Its status
 * is 200, but where all of them have another one in common: a bad token refuses each. Each has an access line of its own.
 */
export async function answerBatch(
  batch: Exchange,
  parts: readonly BatchPart[],
  answerTo: (exchange: Exchange) => Promise<Answer>,
  log: Logger,
): Promise<Answer> {
  const { reply, request, mediaType } = batch;
  const exchanges = parts.map((part, index) => partOf(batch, part, index));
  request.accessFields.batch = parts.length;
  // Each operation listens for the client's departure.
  reply.raw.setMaxListeners(reply.raw.getMaxListeners() + parts.length);
  const answers = await Promise.all(
    exchanges.map(async (exchange) => {
      const answer = await context.with(exchange.request.traceContext, () => answerTo(exchange));
      tellPart(exchange, answer, log);
      return answer;
    }),
  );
  tellBatch(batch, exchanges);
  const status = answers[0]?.status ?? 200;
  const isCommon = answers.every((answer) => answer.status === status);
  const body = `[${answers.map(({ body }) => body.toString()).join()}]`;
  return { status: isCommon ? status : 200, mediaType, body };
}

function partOf(batch: Exchange, part: BatchPart, index: number): Exchange {
  const { request, reply, generation, view, line, mediaType, client } = batch;
  const exchange = new Exchange(requestOf(request, index), reply, generation.enter(), part);
  exchange.view = view;
  exchange.line = line;
  exchange.mediaType = mediaType;
  exchange.client = client;
  return exchange;
}

/** The batch's request with what lines say of this operation alone. */
function requestOf(batch: OperationRequest, part: number): OperationRequest {
  const { id, method, route, headers, host, params, query, raw, body, traceContext } = batch;
  const fields = { ...batch.accessFields, part };
  return {
    ...{ id, method, route, headers, host, params, query, raw, body },
    accessFields: fields,
    traceContext: withOperation(traceContext, { requestId: id, fields }),
  };
}

function tellPart({ request, tookMs }: Exchange, { status }: Answer, log: Logger): void {
  const { id, traceContext, method, route, accessFields: fields } = request;
  writeAccessLine(log, {
    ...{ message: 'request', requestId: id, traceContext, method, route },
    ...{ status, fields, durationMs: tookMs },
  });
}

/** The line of the batch sums up those of its operations. */
function tellBatch({ request }: Exchange, parts: readonly Exchange[]): void {
  const summaries = parts.map(summaryOf);
  const codes = summaries.flatMap((summary) => summary.codes);
  const outcome = operationOutcome(
    codes,
    summaries.some(({ hasData }) => hasData),
  );
  tellOutcome(request.accessFields, outcome, codes);
}
