import { anonymous } from '@tributary/service-kit';
import { expect, it } from 'vitest';
import { validOperation } from '../engine/generation.ts';
import { subscriptionPlan } from './subscription-plan.ts';
import { startLiveGraph } from './testing/live-graph.ts';

it('has what is the same for all who ask for the same once, whatever their variables', async () => {
  await using graph = await startLiveGraph();
  const { engine } = graph.gateway;
  const view = engine.current;
  const text = 'subscription ($id: ID!) { itemChanged(id: $id) { name } }';
  const operation = validOperation(view.schema, { text });
  if (operation === undefined) throw new Error('not valid');
  const scope = {
    ...{ requestId: '1', identity: anonymous, canary: undefined, budget: engine.newBudget() },
    deadlineMs: performance.now() + 5000,
  };
  const planFor = async (id: string) => {
    const { prepared, labels } = await engine.subscription(view, { ...operation, denial: undefined, scope });
    return subscriptionPlan({ view, prepared, labels, variables: { id }, denial: undefined });
  };
  const [one, other] = [await planFor('1'), await planFor('2')];
  expect([one.args, other.args]).toEqual([{ id: '1' }, { id: '2' }]);
  expect(one.question).toBeDefined();
  expect(other.question).toBe(one.question);
  expect(other.subgraphs).toBe(one.subgraphs);
});
