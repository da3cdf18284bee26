import { CodedError } from '@tributary/service-kit';

/** Nothing was begun for a request: the subgraphs that it asks for have too much to do. */
export class RequestShed extends CodedError {
  constructor() {
    super('SERVICE_UNAVAILABLE');
  }
}
