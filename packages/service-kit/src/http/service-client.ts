import { Agent, request } from 'undici';
import { refuseInsideTransaction } from '../database/database.ts';
import { CodedError } from '../errors/coded-error.ts';
import type { ServiceIdentityIssuer } from '../identity/service-identity.ts';
import { currentOperation } from '../log/operation-context.ts';
import { currentTraceHeaders } from '../tracing/context.ts';
import { inHttpClientSpan } from '../tracing/http-client-span.ts';
import { boundedText } from './bounded-text.ts';
import { newId } from './new-id.ts';

export interface ServiceClientOptions {
  /** Name of the calling service, which is who the other one sees. */
  service: string;
  issuer: ServiceIdentityIssuer;
  /** Name of the service that is called. */
  target: string;
  /** Its GraphQL endpoint. */
  url: string;
  /** Default 2000. */
  timeoutMs?: number;
}

const MAX_RESPONSE_BYTES = 1024 ** 2;
/** To one service from this process. */
const MAX_CONNECTIONS = 10;
const dispatcher = new Agent({ connections: MAX_CONNECTIONS });

/** Asks another service's GraphQL endpoint in this service's own name. For work that no request waits for. */
export type ServiceClient = <Data>(query: string, variables: Record<string, unknown>) => Promise<Data>;

/** @throws CodedError SUBGRAPH_UNAVAILABLE when `target` does not answer in time, or answers with errors. */
export function createServiceClient(options: ServiceClientOptions): ServiceClient {
  const { service, issuer, target, timeoutMs = 2000 } = options;
  const url = new URL(options.url);
  const call = { method: 'POST', url, template: url.pathname };
  return async <Data>(query: string, variables: Record<string, unknown>) => {
    refuseInsideTransaction('A request');
    const token = await issuer.issue(target, { kind: 'service', service });
    const send = async (answered: (status: number) => void): Promise<Data> => {
      const response = await request(url, {
        dispatcher,
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${token}`,
          // By which the lines that it writes are found, too.
          'x-request-id': currentOperation()?.requestId ?? newId(),
          ...currentTraceHeaders(),
        },
        body: JSON.stringify({ query, variables }),
        signal: AbortSignal.timeout(timeoutMs),
      });
      answered(response.statusCode);
      const answer = JSON.parse(await boundedText(response.body, MAX_RESPONSE_BYTES, tooLarge)) as {
        data?: Data;
        errors?: unknown[];
      };
      if (answer.data === undefined || answer.data === null || answer.errors !== undefined)
        throw new Error('answered with errors');
      return answer.data;
    };
    try {
      return await inHttpClientSpan(call, send);
    } catch (cause) {
      throw new CodedError('SUBGRAPH_UNAVAILABLE', `${target} did not answer.`, { cause });
    }
  };
}

const tooLarge = () => new Error('the answer is too large');
