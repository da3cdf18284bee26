import type { KeyObject } from 'node:crypto';
import type { Operation } from '../operations.ts';
import { Connection } from './connection.ts';
import { requestText } from './request-text.ts';
import { signToken } from './tokens.ts';

export interface LoadOptions {
  readonly port: number;
  readonly operation: Operation;
  readonly connections: number;
  readonly seconds: number;
  /** Stamps, and so answers, that no other request has, from this one on; undefined: all requests are alike. */
  readonly firstStamp: number | undefined;
  /** Of each answer's body. Another length, or status, fails the run. */
  readonly answerBytes: number;
  readonly privateKey: KeyObject;
}

export interface Load {
  /** In milliseconds, one of each request. */
  readonly latencies: Float64Array;
  /** From the first request to the last answer. */
  readonly elapsedMs: number;
}

/** Each connection asks again as soon as it has its answer. Ends when the last request begun in time is answered. */
export async function generateLoad(options: LoadOptions): Promise<Load> {
  const latencies: number[] = [];
  const connections = Array.from({ length: options.connections }, () => new Connection(options.port));
  const startedAt = performance.now();
  const endAt = startedAt + options.seconds * 1000;
  let begun = 0;

  const askUntilEnd = async (connection: Connection, index: number): Promise<void> => {
    const alike = options.firstStamp === undefined ? textOf(options, undefined, index) : undefined;
    while (performance.now() < endAt) {
      const stamp = options.firstStamp === undefined ? undefined : options.firstStamp + begun++;
      const text = alike ?? textOf(options, stamp, stamp ?? index);
      const askedAt = performance.now();
      const { status, body } = await connection.ask(text);
      latencies.push(performance.now() - askedAt);
      if (status !== 200 || body.length !== options.answerBytes || (stamp !== undefined && !body.includes(`${stamp}`)))
        throw new Error(`not the answer of ${options.answerBytes} bytes: ${status} ${body.toString().slice(0, 500)}`);
    }
  };
  try {
    await Promise.all(connections.map(askUntilEnd));
    return { latencies: Float64Array.from(latencies), elapsedMs: performance.now() - startedAt };
  } finally {
    for (const connection of connections) connection.close();
  }
}

/** Authenticated requests that are alike bring one token a connection, distinct ones a new token each. */
const textOf = ({ port, operation, privateKey }: LoadOptions, stamp: number | undefined, user: number): string =>
  requestText({ port, operation, stamp, token: operation.authenticated ? signToken(privateKey, user) : undefined });
