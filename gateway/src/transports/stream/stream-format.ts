import type { CodedError } from '@tributary/service-kit';

/** How a stream of results is written in an HTTP answer. */
export interface StreamFormat {
  readonly contentType: string;
  /** Before the first result. @param startId to go on where it begins, should no result come */
  opening(startId: string | undefined): string;
  /** Says that the gateway is there. */
  readonly heartbeat: string;
  /** @param json a GraphQL response, on one line */
  result(json: string, eventId: string | undefined): string;
  /** Behind the last one. */
  completion(): string;
  /** In place of further ones. `isPassing`: the client shall come again after a while. */
  failure(error: CodedError, requestId: string, isPassing: boolean): string;
}
