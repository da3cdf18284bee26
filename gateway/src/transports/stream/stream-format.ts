import type { CodedError } from '@tributary/service-kit';

/** How an answer in parts is written. */
export interface PartsFormat {
  readonly contentType: string;
  /** Before the first part. @param startId of a subscription: to go on where it begins, should no result come */
  opening(startId?: string | undefined): string;
  /** @param json a GraphQL response, or what follows one, on one line */
  result(json: string, eventId?: string | undefined): string;
  /** Behind the last one. */
  completion(): string;
}

/** How a stream of a subscription's results is written in an HTTP answer. */
export interface StreamFormat extends PartsFormat {
  /** Says that the gateway is there. */
  readonly heartbeat: string;
  /** In place of further ones. `isPassing`: the client shall come again after a while. */
  failure(error: CodedError, requestId: string, isPassing: boolean): string;
}
