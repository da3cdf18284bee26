import type { KeyObject } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { RunningContender } from './contenders/start-contender.ts';
import type { Fixtures } from './fixtures/start-fixtures.ts';
import type { Supergraph } from './fixtures/supergraph.ts';
import { Connection } from './load/connection.ts';
import { requestText } from './load/request-text.ts';
import { signToken } from './load/tokens.ts';
import type { Operation } from './operations.ts';

const FIRST_REQUESTS = 5;
const COUNTED_REQUESTS = 5;

/** What one operation is and costs at one gateway, where nothing else is asked of it. */
export interface CheckedAnswer {
  /** Of the answer's body, without and with a stamp. */
  readonly bytes: number;
  readonly stampedBytes: number;
  readonly subgraphRequests: number;
  /** Of the bodies of these requests. */
  readonly subgraphBytes: number;
}

export interface Checks {
  readonly supergraph: Supergraph;
  readonly fixtures: Fixtures;
  readonly privateKey: KeyObject;
  /** Two that are as long as all that the load uses, and not among them. */
  readonly stamps: readonly [number, number];
}

/**
 * Asks a gateway for an operation and holds the answers against graphql-js's on the whole graph.
 *
 * @throws Error when they are not deeply equal, key order apart
 */
export async function checkAnswer(
  { contender, port }: RunningContender,
  operation: Operation,
  { supergraph, fixtures, privateKey, stamps }: Checks,
): Promise<CheckedAnswer> {
  const connection = new Connection(port);
  const bytesOf = async (stamp: number | undefined) => {
    const token = operation.authenticated ? signToken(privateKey, 1) : undefined;
    const { body } = await connection.ask(requestText({ port, operation, stamp, token }));
    const expected = supergraph.expectedAnswer(operation.query, stamp === undefined ? {} : { stamp });
    if (!isDeepStrictEqual(JSON.parse(body.toString()), expected)) {
      throw new Error(`${contender.name} answers ${operation.name} wrongly: ${body.toString().slice(0, 1000)}`);
    }
    return body.length;
  };
  try {
    // So that nothing is counted that a gateway does at an operation's first requests only, as it does not know yet how
    // long subgraphs take.
    for (let count = 0; count < FIRST_REQUESTS; count++) await bytesOf(stamps[0]);
    const counted: { requests: number; bytes: number; stampedBytes: number }[] = [];
    for (let count = 0; count < COUNTED_REQUESTS; count++) {
      const before = await fixtures.counts();
      const stampedBytes = await bytesOf(stamps[1]);
      const after = await fixtures.counts();
      counted.push({ requests: after.requests - before.requests, bytes: after.bytes - before.bytes, stampedBytes });
    }
    // What shares a request hangs on the moment: more of them are this machine's doing.
    const fewest = counted.reduce((least, one) => (one.requests < least.requests ? one : least));
    return {
      bytes: await bytesOf(undefined),
      stampedBytes: fewest.stampedBytes,
      subgraphRequests: fewest.requests,
      subgraphBytes: fewest.bytes,
    };
  } finally {
    connection.close();
  }
}
