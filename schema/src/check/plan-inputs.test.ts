import { coordinatesOf } from '@tributary/service-kit';
import { parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { PlanInputs } from './plan-inputs.ts';
import { randomPair } from './testing/random-pair.ts';

const PAIRS = Number(process.env.CHECK_PAIRS ?? 15);
/** From which few pairs have documents of each kind. */
const SEED = Number(process.env.CHECK_SEED ?? 10);

describe('what a plan depends on', { timeout: 600_000 }, () => {
  it('is all of it: where it stayed the same, so did the plan', () => {
    const seen = { pairs: 0, same: 0, other: 0, otherPlans: 0 };
    for (let seed = SEED; seen.pairs < PAIRS; seed++) {
      using pair = randomPair(seed);
      if (pair === undefined) continue;
      seen.pairs++;
      const { old, now, texts } = pair;
      const [was, is] = [old, now].map(({ supergraphSdl }) => new PlanInputs(parse(supergraphSdl))) as [
        PlanInputs,
        PlanInputs,
      ];
      for (const [index, text] of texts.entries()) {
        const [name, node] = [`Q${index}`, parse(text)];
        if (validate(now.api, node).length > 0) continue;
        const uses = coordinatesOf(old.api, node);
        const [plan, before] = [now, old].map((side) => JSON.stringify(side.plan(node, name)));
        if (was.digestFor(uses) === is.digestFor(uses)) {
          seen.same++;
          expect(plan, `seed ${seed}, ${name}`).toBe(before);
        } else {
          seen.other++;
          if (plan !== before) seen.otherPlans++;
        }
      }
    }
    console.log(
      `${seen.pairs} pairs: ${seen.same} documents with the same inputs, ${seen.other} with others, of which ${seen.otherPlans} have another plan`,
    );
    expect(seen.same).toBeGreaterThan(PAIRS);
    expect(seen.otherPlans).toBeGreaterThan(0);
  });
});
