import { boundedText, currentTraceHeaders, inHttpClientSpan } from '@tributary/service-kit';
import { Agent, request } from 'undici';
import type { z } from 'zod';
import type { SandboxProviderConfig } from '../config.ts';

/** Far above a page of the statement. */
const MAX_ANSWER_BYTES = 256 * 1024;
/** To the provider from this process. */
const MAX_CONNECTIONS = 32;
const dispatcher = new Agent({ connections: MAX_CONNECTIONS });

interface Call<S extends z.ZodType> {
  method: 'GET' | 'POST';
  path: string;
  /** Of a POST; default: none. */
  body?: object;
  idempotencyKey?: string;
  /** What is an answer. */
  answer: S;
  signal: AbortSignal;
}

/**
 * Asks the sandbox provider.
 *
 * @throws Error for everything that is not an answer of 200 as expected, redirects included: whether the provider has
 * acted is then unknown
 */
export type SandboxClient = <S extends z.ZodType>(call: Call<S>) => Promise<z.output<S>>;

export function createSandboxClient({ url, apiKey }: Pick<SandboxProviderConfig, 'url' | 'apiKey'>): SandboxClient {
  const base = url.replace(/\/$/, '');
  return ({ method, path, body, idempotencyKey, answer, signal }) => {
    const url = new URL(`${base}${path}`);
    return inHttpClientSpan({ method, url, template: templateOf(path) }, async (answered) => {
      const response = await request(url, {
        dispatcher,
        method,
        headers: {
          authorization: `Bearer ${apiKey.reveal()}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
          // A server of our own: it may know the trace, as a provider outside of the house may not.
          ...currentTraceHeaders(),
        },
        body: body === undefined ? null : JSON.stringify(body),
        signal,
      });
      answered(response.statusCode);
      const text = await boundedText(response.body, MAX_ANSWER_BYTES, tooLarge);
      if (response.statusCode !== 200) throw new Error(`the payment provider answered with ${response.statusCode}`);
      return parse(answer, text);
    });
  };
}

/** `/v1/charges/{key}/capture`: without what is one charge's, and without a query. */
const templateOf = (path: string) => path.replace(/\?.*$/, '').replace(/(?<=^\/v1\/charges\/)[^/]+/, '{key}');

const tooLarge = () => new Error('the payment provider’s answer is too large');

/** The errors of both parsers quote what they have read: only that there was one is passed on. */
function parse<S extends z.ZodType>(answer: S, text: string): z.output<S> {
  try {
    return answer.parse(JSON.parse(text));
  } catch {
    throw new Error('the payment provider’s answer is not one of its answers');
  }
}
