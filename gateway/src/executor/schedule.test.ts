import { expect, it } from 'vitest';
import type { CompiledPlan } from './compiled-plan.ts';
import { schedule } from './schedule.ts';

it('what throws when a call has waited long enough for others fails its request, and not the process', async () => {
  const batch = { subgraph: 'users', size: 2 };
  const calls = [
    { kind: 'root', needs: [] },
    { kind: 'entities', needs: [], batch },
    { kind: 'entities', needs: [0], batch },
  ] as unknown as CompiledPlan['calls'];
  const scheduled = schedule(
    { calls, required: new Map() },
    {
      isWanted: () => true,
      callRoot: () => new Promise(() => {}),
      callEntities() {
        throw new Error('of its own');
      },
      patienceMs: () => 1,
    },
  );
  await expect(scheduled).rejects.toThrow('of its own');
});
