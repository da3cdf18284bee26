import { expect, test } from 'vitest';
import { isId } from './is-id.ts';
import { newId } from './new-id.ts';

test('what newId gives is an id', () => expect(isId(newId())).toBe(true));

test.each([
  '',
  'nonsense',
  `${newId()} `,
  `${newId()}\n`,
  newId().toUpperCase(),
  newId().replaceAll('-', ''),
  42,
  null,
])('%j is none', (value) => expect(isId(value)).toBe(false));
