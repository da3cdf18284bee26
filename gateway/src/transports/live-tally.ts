import {
  type ErrorCode,
  knownCode,
  type Logger,
  operationOutcome,
  tellingCode,
  tellOutcome,
  writeAccessLine,
} from '@tributary/service-kit';
import type { OperationResult } from '../executor/prepare-operation.ts';
import type { OperationRequest } from '../http/operation-request.ts';
import type { Ended } from './carry-results.ts';

/** What the results of one subscription come to: for the line that tells of its end. */
export class LiveTally {
  readonly #sinceMs = performance.now();
  #results = 0;
  #errors = 0;
  /** The one that says most of all errors so far. */
  #code: string | undefined;
  #hasData = false;

  /** A result that was sent. */
  add({ data, errors }: Pick<OperationResult, 'data' | 'errors'>): void {
    this.#results++;
    if (data !== 'null') this.#hasData = true;
    if (errors.length > 0) this.#addCodes(errors.map(({ code }) => knownCode(code)));
  }

  /** @param method of the line: `WS`, or that of HTTP */
  tellEnd(
    { id, traceContext, route, accessFields: fields }: OperationRequest,
    method: string,
    ended: Ended,
    log: Logger,
  ): void {
    const code = codeOf(ended);
    if (code !== undefined) this.#addCodes([code]);
    const codes = this.#code === undefined ? [] : [this.#code];
    tellOutcome(fields, operationOutcome(codes, this.#hasData), codes);
    fields.errors = this.#errors;
    fields.ended = ended.reason;
    fields.results = this.#results;
    writeAccessLine(log, {
      ...{ message: 'subscription ended', requestId: id, traceContext, method, route, status: 200, fields },
      openMs: performance.now() - this.#sinceMs,
    });
  }

  #addCodes(codes: readonly string[]): void {
    this.#errors += codes.length;
    this.#code = tellingCode(this.#code === undefined ? codes : [this.#code, ...codes]);
  }
}

/** An end that is nobody's fault has none: its client left, or is to come again with another token or elsewhere. */
function codeOf({ reason, error }: Ended): ErrorCode | undefined {
  switch (reason) {
    case 'failed':
      return error?.code ?? 'INTERNAL_SERVER_ERROR';
    case 'retired':
      return 'SUBSCRIPTION_RETIRED';
    case 'slow_consumer':
      return 'SUBSCRIPTION_SLOW_CONSUMER';
    default:
      return undefined;
  }
}
