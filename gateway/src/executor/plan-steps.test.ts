import type { FetchNode, PlanNode } from '@apollo/query-planner';
import { describe, expect, it } from 'vitest';
import { planSteps } from './plan-steps.ts';

const fetch = (serviceName: string, operation: string, rest: Partial<FetchNode> = {}): FetchNode => ({
  kind: 'Fetch',
  serviceName,
  operation,
  operationKind: 'query' as FetchNode['operationKind'],
  operationName: undefined,
  ...rest,
});

const entities = (serviceName: string, path: string[], selection: string, requires = 'id'): PlanNode => ({
  kind: 'Flatten',
  path,
  node: fetch(
    serviceName,
    `query($representations:[_Any!]!){_entities(representations:$representations){${selection}}}`,
    {
      requires: [
        {
          kind: 'InlineFragment',
          typeCondition: 'T',
          selections: [
            { kind: 'Field', name: '__typename' },
            { kind: 'Field', name: requires },
          ],
        },
      ],
    } as Partial<FetchNode>,
  ),
});

const sequence = (...nodes: PlanNode[]): PlanNode => ({ kind: 'Sequence', nodes });
const parallel = (...nodes: PlanNode[]): PlanNode => ({ kind: 'Parallel', nodes });
const needs = (node: PlanNode) => planSteps({ kind: 'QueryPlan', node }).map((step) => step.needs);

describe('the steps of a plan', () => {
  const root = fetch('a', '{t{__typename id u{__typename id}}}');

  it('need what has written their objects and the fields that they require', () => {
    const node = sequence(
      root,
      parallel(entities('b', ['t'], '...on T{size}'), entities('c', ['t', 'u'], '...on T{name}')),
      parallel(entities('d', ['t'], '...on T{price}', 'size'), entities('e', ['t', 'u'], '...on T{rank}', 'name')),
    );
    expect(needs(node)).toEqual([[], [0], [0], [0, 1], [0, 2]]);
  });

  it('need nobody who has only written beside them', () => {
    const node = sequence(root, entities('b', ['t'], '...on T{size}'), entities('c', ['t', 'u'], '...on T{name}'));
    expect(needs(node)).toEqual([[], [0], [0]]);
  });

  it('need what is renamed to a field that they require', () => {
    const renaming = fetch('a', '{t{__typename x__alias_0:id}}', {
      outputRewrites: [{ kind: 'KeyRenamer', path: ['t', 'x__alias_0'], renameKeyTo: 'id' }],
    });
    expect(needs(sequence(renaming, entities('b', ['t'], '...on T{size}')))).toEqual([[], [0]]);
  });

  it('are one after the other in a mutation', () => {
    const mutation = (operation: string) =>
      fetch('a', operation, { operationKind: 'mutation' as FetchNode['operationKind'] });
    const node = sequence(
      mutation('mutation{one{__typename id}}'),
      entities('b', ['one'], '...on T{size}'),
      mutation('mutation{two{id}}'),
    );
    expect(needs(node)).toEqual([[], [0], [0, 1]]);
  });

  it('have the conditions of all nodes around them', () => {
    const inner: PlanNode = { kind: 'Condition', condition: 'b', elseClause: entities('c', ['t'], '...on T{name}') };
    const outer: PlanNode = {
      kind: 'Condition',
      condition: 'a',
      ifClause: sequence(entities('b', ['t'], '...on T{size}'), inner),
    };
    const steps = planSteps({ kind: 'QueryPlan', node: sequence(root, outer) });
    expect(steps.map(({ conditions }) => conditions)).toEqual([
      [],
      [{ variable: 'a', is: true }],
      [
        { variable: 'a', is: true },
        { variable: 'b', is: false },
      ],
    ]);
  });

  it('know through which types a path leads', () => {
    const [, step] = planSteps({
      kind: 'QueryPlan',
      node: sequence(root, entities('b', ['', 't', '@|[A,B]', 'u|[C]', '@'], '...on T{size}')),
    });
    expect(step?.path).toEqual([
      { key: 't', onTypes: new Set(['A', 'B']) },
      { key: 'u', onTypes: new Set(['C']) },
    ]);
  });

  it('are none of a plan that this executor cannot run', () => {
    expect(() => needs({ kind: 'Guess' } as never)).toThrow('Guess');
    expect(planSteps({ kind: 'QueryPlan' })).toEqual([]);
  });
});
