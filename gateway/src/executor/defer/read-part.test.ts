import { expect, it } from 'vitest';
import type { ClientError, ProjectionRun } from '../projection-run.ts';
import type { DeferredPlace } from './deferred-place.ts';
import { outcomeOf } from './read-part.ts';

const place = { kind: 'items', path: ['list'], later: [], items: [], from: 0 } as unknown as DeferredPlace;
const pass = { given: [] } as unknown as ProjectionRun;
const errorsOf = (count: number): ClientError[] =>
  Array.from({ length: count }, (_, index) => ({ message: 'No.', code: 'NO', path: ['list', index, 'a'] }));

it('of a list that ends, the errors of the item are why; those behind it are not told', () => {
  const errors = errorsOf(5);
  const { errors: told, failure } = outcomeOf(place, { text: '[1,2]', index: 2 }, errors, pass);
  expect(told).toEqual(errors.slice(0, 2));
  expect(failure).toEqual({ errors: errors.slice(2, 3), index: 2 });
});

it('looks at each error a few times, however many there are', () => {
  let reads = 0;
  const errors = errorsOf(2000).map(({ path, ...error }) => ({
    ...error,
    get path() {
      reads++;
      return path;
    },
  }));
  outcomeOf(place, { text: '[]', index: errors.length - 1 }, errors, pass);
  expect(reads).toBeLessThanOrEqual(4 * errors.length);
});
