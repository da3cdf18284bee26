import { expect, it } from 'vitest';
import { StandingLine } from './standing-line.ts';

/** What is there every 50 ms. */
function seen(lengths: readonly number[], line = new StandingLine(), fromMs = 0): StandingLine {
  for (const [index, waiting] of lengths.entries()) line.note(fromMs + index * 50, waiting, 64);
  return line;
}
const lengths = (count: number, lengthOf: (index: number) => number) =>
  Array.from({ length: count }, (_, index) => lengthOf(index));

it('does not stand while a burst is worked off, however long that takes', () => {
  expect(seen([10, 36, ...lengths(200, (index) => 36 - index / 8)]).isStanding).toBe(false);
});

it('does not stand where as many wait as clients wait for answers before they ask again', () => {
  expect(seen([1, 20, ...lengths(400, () => 36)]).isStanding).toBe(false);
});

it('stands within 1.1 s where more comes than can be done, until it is empty', () => {
  const line = seen(lengths(23, (index) => 1 + index));
  expect(line.isStanding).toBe(true);
  expect(seen([100, 20, 1], line, 1150).isStanding).toBe(true);
  expect(seen([0, 50], line, 1300).isStanding).toBe(false);
});

it('does not stand where it is empty from time to time', () => {
  expect(seen(lengths(400, (index) => index % 15)).isStanding).toBe(false);
});
