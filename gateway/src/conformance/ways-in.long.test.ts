import { describe, expect, it } from 'vitest';
import { startShippedGateway } from '../oracle/subjects/shipped-gateway.ts';
import { startTributaryGateway } from '../oracle/subjects/tributary-gateway.ts';
import { BEHAVIOURS } from './behaviours/all.ts';
import { runBehaviour } from './run-behaviour.ts';

/** Planner's thread, subgraph client and all, where `conformance.test.ts` has the executor alone. */
const WAYS_IN = { TributaryGateway: startTributaryGateway, 'the shipped gateway': startShippedGateway };

describe.each(Object.entries(WAYS_IN))('%s', (_name, start) => {
  it.each(Object.values(BEHAVIOURS).flat())('$name', async (behaviour) => {
    expect(await runBehaviour(behaviour, start)).toEqual(behaviour.expected);
  });
});
