import { domainErrorCode, type ErrorCode, errorCatalogue } from '@tributary/service-kit';
import { subscribe } from '@tributary/service-kit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiSchema } from './testing/api-schema.ts';
import { goodValues, ways } from './testing/good-values.ts';
import type { GraphAnswer } from './testing/graph-client.ts';
import { type Call, hostileCalls, type Operation } from './testing/hostile-calls.ts';
import { hostileCursors, hostileScalars } from './testing/hostile-values.ts';
import { type PopulatedGraph, startPopulatedGraph } from './testing/populated-graph.ts';
import type { Viewer } from './testing/viewers.ts';

const PORT = 14_210;
const IN_FLIGHT = 8;
/** It takes a twentieth of that where nothing else runs. */
const TIMEOUT_MS = 180_000;
const SHOWN_FAULTS = 20;

/** What an answer says only when a database or a stack trace speaks through it. No hostile value holds any of it. */
const INTERNALS =
  /\b(violates|constraint|relation ["\\]|column ["\\]|syntax error at or near|invalid input syntax|out of range for type|_pkey|_key\b|DrizzleQueryError|Failed query|PGlite|node_modules)|\.ts:\d|^ {4}at /im;

async function cursorsOfAllLists({ ask, headersOf, things }: PopulatedGraph): Promise<string[]> {
  const query = `query ($product: ID!) {
    products(first: 1) { edges { cursor } } orders(first: 1) { edges { cursor } }
    payments(first: 1) { edges { cursor } } ledgerTransactions(first: 1) { edges { cursor } }
    product(id: $product) { stockMovements(first: 1) { edges { cursor } } }
    me { notifications(first: 1) { edges { cursor } } }
  }`;
  const text = JSON.stringify((await ask(query, { product: things.product }, headersOf.admin)).data);
  return [...text.matchAll(/"cursor":"([^"]+)"/g)].map(([, cursor]) => cursor as string);
}

interface Asked extends Operation {
  coordinate: string;
  viewer: Viewer;
}

/**
 * The owner and the administrator send variables. Who is not signed in gets less far, and sends every third call with
 * the values in the document, as a person would. Large values are sent once.
 */
function askedBy({ coordinate, byVariables, byLiterals }: Call, index: number): Asked[] {
  if (byVariables === undefined) return [{ coordinate, viewer: 'owner', ...byLiterals }];
  return [
    { coordinate, viewer: 'owner', ...byVariables },
    { coordinate, viewer: 'admin', ...byVariables },
    ...(index % 3 === 0 ? [{ coordinate, viewer: 'anonymous', ...byLiterals } as const] : []),
  ];
}

describe('hostile inputs', () => {
  let populated: PopulatedGraph;
  beforeAll(async () => {
    populated = await startPopulatedGraph(PORT);
  });
  afterAll(() => populated[Symbol.asyncDispose]());

  it('are refused with a code or a typed error, or do no harm', { timeout: TIMEOUT_MS }, async () => {
    const { ask, headersOf, things, logLines } = populated;
    const cursors = await cursorsOfAllLists(populated);
    expect(cursors).toHaveLength(6);
    const known = { good: goodValues(things), scalars: hostileScalars, cursors: [...hostileCursors, ...cursors] };
    const calls = [...hostileCalls(await apiSchema(ask), known, ways)];
    const faults: string[] = [];
    const queue = calls.values().flatMap(askedBy);
    const client = async () => {
      for (const { viewer, coordinate, document, variables } of queue) {
        const fault = faultIn(await ask(document, variables, headersOf[viewer]));
        if (fault !== undefined) faults.push(`${coordinate} as ${viewer}: ${fault}\n${shown(document, variables)}`);
      }
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, client));
    const errorLines = logLines.filter((line) => /^\{"level":"(error|fatal)"/.test(line));
    expect({ faults: faults.slice(0, SHOWN_FAULTS), errorLines: errorLines.slice(0, SHOWN_FAULTS) }).toEqual({
      faults: [],
      errorLines: [],
    });
  });

  it('and so are those of a subscription', { timeout: 60_000 }, async () => {
    const { headersOf, logLines, graph } = populated;
    const before = logLines.length;
    const query = 'subscription ($id: ID!) { orderUpdated(id: $id) { id status } }';
    for (const viewer of ['owner', 'admin', 'anonymous'] as const) {
      for (const id of hostileScalars.ID ?? []) {
        const stream = await subscribe(graph.gateway.url, query, { id }, headersOf[viewer]);
        expect(stream.status, String(id).slice(0, 40)).toBeLessThan(500);
        for (const { data } of stream.events) expect(faultIn({ status: stream.status, ...data })).toBeUndefined();
        stream.leave();
      }
    }
    expect(logLines.slice(before).filter((line) => /^\{"level":"(error|fatal)"/.test(line))).toEqual([]);
  });
});

function faultIn(answer: GraphAnswer): string | undefined {
  const text = JSON.stringify(answer);
  const internal = INTERNALS.exec(text);
  if (internal !== null) return `says "${internal[0]}": ${text.slice(0, 500)}`;
  if (answer.status >= 500) return `status ${answer.status}: ${text.slice(0, 500)}`;
  for (const { message, extensions } of answer.errors ?? []) {
    const status = errorCatalogue[extensions.code as ErrorCode]?.status;
    if (message === '' || status === undefined || status >= 500) return text.slice(0, 500);
  }
  for (const payload of Object.values(answer.data ?? {})) {
    for (const { __typename, code, message } of (payload as { errors?: Refusal[] } | null)?.errors ?? []) {
      if (code !== domainErrorCode(__typename) || message === '') return text.slice(0, 500);
    }
  }
  return undefined;
}

interface Refusal {
  __typename: string;
  code?: string;
  message?: string;
}

const shown = (document: string, variables: object) =>
  `${document.slice(0, 500)}\n${JSON.stringify(variables).slice(0, 300)}`;
