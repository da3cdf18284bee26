import { expect, it } from 'vitest';
import { QuickestAnswers } from './quickest-answers.ts';

it('knows what 95 % of the last 64 answers took at least, and nothing before', () => {
  const answers = new QuickestAnswers();
  for (let index = 0; index < 63; index++) answers.add(100 + index);
  expect(answers.quickMs).toBe(0);
  answers.add(1);
  expect(answers.quickMs).toBe(102);
  for (let index = 0; index < 64; index++) answers.add(10);
  expect(answers.quickMs).toBe(10);
});

it('believes it less each time that a fetch is not sent for it: nobody else would correct it', () => {
  const answers = new QuickestAnswers();
  for (let count = 0; count < 64; count++) answers.add(2000);
  for (let count = 0; count < 60; count++) answers.doubt();
  expect(answers.quickMs).toBeLessThan(100);
});
