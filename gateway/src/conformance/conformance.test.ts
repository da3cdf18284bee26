import { describe, expect, it } from 'vitest';
import { type Answer, type Behaviour, SUBJECT_NAMES, type SubjectName } from './behaviour.ts';
import { BEHAVIOURS } from './behaviours/all.ts';
import { runBehaviour } from './run-behaviour.ts';
import { SUBJECTS } from './subjects.ts';

const ALL = Object.values(BEHAVIOURS).flat();

describe.each(SUBJECT_NAMES)('%s', (subject) => {
  it(`is wrong where the behaviours say so: ${wrongs(subject).length} of ${ALL.length}`, () => {
    console.log(
      [`${subject}: wrong in ${wrongs(subject).length} of ${ALL.length} behaviours`, ...wrongs(subject)].join('\n  '),
    );
    for (const { wrong, expected } of ALL)
      expect(JSON.stringify(wrong?.[subject]?.answer)).not.toBe(JSON.stringify(expected));
  });

  describe.each(Object.entries(BEHAVIOURS))('%s', (_about, behaviours) => {
    it.each(behaviours)('$name', async (behaviour) => {
      const answer = await runBehaviour(behaviour, SUBJECTS[subject]);
      expectAnswer(answer, behaviour.wrong?.[subject]?.answer ?? behaviour.expected);
    });
  });
});

it('each behaviour has a name of its own', () => {
  expect(new Set(ALL.map(({ name }) => name)).size).toBe(ALL.length);
});

function wrongs(subject: SubjectName): string[] {
  return ALL.flatMap(({ name, wrong }: Behaviour) => {
    const one = wrong?.[subject];
    return one === undefined ? [] : [`${name}: ${one.why}`];
  });
}

function expectAnswer(answer: Answer, expected: Answer): void {
  if (expected.refused !== undefined) {
    expect(answer.refused?.slice(0, expected.refused.length)).toBe(expected.refused);
    return;
  }
  expect(answer).toEqual(expected);
  // Fields are in the order of the selection (GraphQL, "Serialized Map Ordering").
  expect(JSON.stringify(answer.data)).toBe(JSON.stringify(expected.data));
}
