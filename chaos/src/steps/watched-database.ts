import type { Database } from '@tributary/service-kit';
import { activity } from './activity.ts';
import { POSITIONS, stepName, works } from './step-name.ts';
import type { StepPoints } from './step-points.ts';

/** What a transaction belongs to that neither a message, a request nor a job has begun. */
const ON_ITS_OWN: Readonly<Record<string, string>> = { payments: works('payments', 'records what the provider said') };

/** A database with named steps before and after the commit of each activity's transaction. */
export const watchDatabase = (database: Database, service: string, steps: StepPoints): Database => ({
  ...database,
  async transaction(work) {
    const begun = activity.get();
    const own = begun !== undefined && begun.transactionsLeft-- > 0 ? begun : undefined;
    const name = own?.name ?? ON_ITS_OWN[service];
    const pass = (position: (typeof POSITIONS)[keyof typeof POSITIONS], result: unknown) => {
      // By our convention, `false` says that there was nothing to do.
      if (name !== undefined && own?.hasEffect !== false && result !== false) steps.pass(stepName(name, position));
    };
    const result = await database.transaction(async (tx) => {
      const done = await work(tx);
      pass(POSITIONS.beforeCommit, done);
      return done;
    });
    pass(POSITIONS.afterCommit, result);
    return result;
  },
});
