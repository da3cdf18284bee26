import type { ReconciliationResolvers } from '../schema.generated.ts';

export const Reconciliation: ReconciliationResolvers = {
  lastRun: async (view) => (await view.lastRun()) ?? null,
  openDifferences: (view, args) => view.openDifferences(args),
};
