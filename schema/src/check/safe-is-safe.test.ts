import { parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../finding.ts';
import { runGraph } from '../testing/run-graph.ts';
import { randomPair } from './testing/random-pair.ts';

const PAIRS = Number(process.env.CHECK_PAIRS ?? 15);
const SEED = Number(process.env.CHECK_SEED ?? 1);

describe('a random change of a random graph', { timeout: 600_000 }, () => {
  it('that is called safe leaves every document valid and planned; what breaks one is breaking, and names it', async () => {
    const seen = { pairs: 0, safe: 0, broken: 0 };
    for (let seed = SEED; seen.pairs < PAIRS; seed++) {
      using pair = randomPair(seed);
      if (pair === undefined) continue;
      const { before, after, old, now, texts } = pair;
      const { text } = await runGraph('check', '--against', before.root, '--root', after.root, '--format', 'json');
      const { findings }: { findings: Finding[] } = JSON.parse(text);
      const breaking = findings.filter(({ change }) => change?.class === 'breaking');
      seen.pairs++;
      if (breaking.length === 0) seen.safe++;
      for (const [index, document] of texts.entries()) {
        const [name, node, where] = [`Q${index}`, parse(document), `seed ${seed}, Q${index}`];
        expect(validate(old.api, node), where).toEqual([]);
        if (validate(now.api, node).length === 0) {
          expect(() => now.plan(node, name), where).not.toThrow();
          continue;
        }
        seen.broken++;
        const naming = breaking.filter(({ change }) => change?.affected.some((each) => each.documents.includes(name)));
        const verdicts = naming.map(({ severity, change }) => `${severity} ${change?.verdict}`);
        expect(verdicts, where).toContain('error REMOVAL_IN_USE');
        const told = findings.filter(({ code }) => code === 'DOCUMENT_BROKEN').map(({ message }) => message);
        expect(told, where).toContainEqual(expect.stringMatching(new RegExp(`^${name} of app `)));
      }
    }
    console.log(`${seen.pairs} pairs from seed ${SEED}: ${seen.safe} not breaking, ${seen.broken} documents broken`);
    // Else it would show nothing of one kind or the other.
    expect(seen.safe).toBeGreaterThan(0);
    expect(seen.broken).toBeGreaterThan(0);
  });
});
