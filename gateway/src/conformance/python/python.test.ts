import { trace } from '@opentelemetry/api';
import { anonymous, createLogger, createMetrics } from '@tributary/service-kit';
import type { ExecutionResult } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TributaryGateway } from '../../engine/tributary-gateway.ts';
import type { Ask } from '../../oracle/subgraph.ts';
import type { Subject } from '../../oracle/subject.ts';
import { executeThrough } from '../../oracle/subjects/execute-through.ts';
import { startOwnExecutor } from '../../oracle/subjects/own-executor.ts';
import { SubgraphClient } from '../../subgraphs/subgraph-client.ts';
import { startFakeSubgraph } from '../../testing/fake-subgraph.ts';
import { compose } from '../../testing/test-gateway.ts';
import { answerOf } from '../run-behaviour.ts';
import { findPython } from './find-python.ts';
import { PRODUCTS, PYTHON_BEHAVIOURS } from './python-behaviours.ts';
import { startPythonSubgraph } from './start-python-subgraph.ts';

/** A gateway on subgraphs that are asked over HTTP. */
type StartOverHttp = (supergraphSdl: string, urls: ReadonlyMap<string, string>) => Promise<Subject>;

const log = createLogger({ service: 'gateway', level: 'fatal' });

/** Our executor, with the client that the gateway asks subgraphs with. */
const startExecutor: StartOverHttp = async (supergraphSdl, urls) => {
  const limits = { timeoutMs: 5000, maxResponseBytes: 1024 ** 2, connections: 4 };
  const metrics = createMetrics({ service: 'gateway', processMetrics: false });
  const parts = { limits, issuer: undefined, log, metrics, tracer: trace.getTracer('gateway') };
  const clients = [...urls].map(([name, url]) => [name, new SubgraphClient(name, url, parts)] as const);
  const subject = await startOwnExecutor(
    supergraphSdl,
    new Map(clients.map(([name, client]) => [name, askThrough(name, client)])),
  );
  return {
    execute: subject.execute,
    async close() {
      await Promise.all([subject.close(), ...clients.map(([, client]) => client.close())]);
    },
  };
};

const askThrough =
  (subgraph: string, client: SubgraphClient): Ask =>
  async ({ query, variables }) => {
    const scope = { requestId: 'test', identity: anonymous, deadlineMs: performance.now() + 5000 };
    const request = {
      subgraph,
      query,
      variables: JSON.stringify(variables),
      entities: undefined,
      places: 0,
      types: ['Query'],
      calls: [],
    };
    return (await client.ask(request, scope)) as unknown as ExecutionResult;
  };

const startGateway: StartOverHttp = async (supergraphSdl) => {
  const gateway = new TributaryGateway({ supergraphSdl, log });
  const { schema, executor } = await gateway.load();
  return {
    execute: (source, variables) => executeThrough(executor, schema, source, variables),
    close: () => gateway.stop(),
  };
};

const SUBJECTS = { 'our executor': startExecutor, TributaryGateway: startGateway };
const python = findPython();

describe.skipIf(python === undefined)('a subgraph in Python', () => {
  let closers: (() => Promise<void>)[] = [];
  const subjects = new Map<string, Subject>();

  beforeAll(async () => {
    if (python === undefined) return;
    const products = await startFakeSubgraph(PRODUCTS);
    closers.push(() => products.close());
    const reviews = await startPythonSubgraph(python);
    closers.push(() => reviews.stop());
    const both = [products, { ...products, name: 'reviews', ...reviews }];
    const urls = new Map(both.map(({ name, url }) => [name, url]));
    for (const [name, start] of Object.entries(SUBJECTS)) {
      const subject = await start(compose(both), urls);
      closers.push(() => subject.close());
      subjects.set(name, subject);
    }
  });
  afterAll(async () => {
    for (const close of closers.reverse()) await close();
    closers = [];
  });

  describe.each(Object.keys(SUBJECTS))('asked by %s', (name) => {
    it.each(PYTHON_BEHAVIOURS)('$name', async ({ operation, variables = {}, expected }) => {
      const answer = answerOf((await subjects.get(name)?.execute(operation, variables)) ?? {});
      expect(answer).toEqual(expected);
    });
  });
});
