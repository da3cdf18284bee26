import type { ReconciliationRunResolvers } from '../schema.generated.ts';

export const ReconciliationRun: ReconciliationRunResolvers = {
  finishedAt: ({ finishedAt }) => finishedAt ?? unfinished(),
  entries: ({ entries }) => entries ?? unfinished(),
};

function unfinished(): never {
  throw new Error('a run was shown that has not come to its end');
}
