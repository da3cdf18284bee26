import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFECTS, type Defect, withDefect } from './defects.ts';
import { OracleGraph } from './oracle-graph.ts';
import { CASES_PER_GRAPH } from './run-cases.ts';
import type { Subject } from './subject.ts';
import { startApolloGateway } from './subjects/apollo-gateway.ts';

const SEEDS = [1, 2, 3, 4];

/** As long as an executor is right about a case, the same executor with the defect must be found to be wrong about one. */
describe('an executor with a defect is found out:', () => {
  const graphs = new Map<number, { graph: OracleGraph; subject: Subject }>();
  beforeAll(async () => {
    for (const seed of SEEDS) {
      const graph = new OracleGraph(seed);
      graphs.set(seed, { graph, subject: await graph.start(startApolloGateway) });
    }
  });
  afterAll(() => Promise.all([...graphs.values()].map(({ subject }) => subject.close())));

  it.each(DEFECTS)('$name', async (defect) => {
    expect(await firstFound(defect)).toBeDefined();
  });

  it('and without one nothing is found', async () => {
    expect(await firstFound({ name: 'none' })).toBeUndefined();
  });

  async function firstFound(defect: Defect): Promise<string | undefined> {
    for (const { graph, subject } of graphs.values()) {
      const defective = await graph.start(withDefect(startApolloGateway, defect));
      for (let index = 0; index < CASES_PER_GRAPH; index++) {
        const one = graph.case(index);
        const { difference: without } = await graph.run(one, subject);
        const { difference } = await graph.run(one, defective);
        if (without === undefined && difference !== undefined) {
          await defective.close();
          return difference;
        }
      }
      await defective.close();
    }
    return undefined;
  }
});
