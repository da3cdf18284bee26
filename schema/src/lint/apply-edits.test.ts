import { expect, it } from 'vitest';
import { applyEdits } from './apply-edits.ts';

it('makes edits in whatever order they come, side by side too', () => {
  const edits = [
    { start: 4, end: 5, text: 'E' },
    { start: 0, end: 2, text: '' },
    { start: 2, end: 4, text: 'CCC' },
    { start: 6, end: 6, text: '!' },
  ];
  expect(applyEdits('abcdef', edits)).toBe('CCCEf!');
});

it('leaves an edit that overlaps another one', () => {
  const edits = [
    { start: 1, end: 4, text: 'X' },
    { start: 1, end: 2, text: 'Y' },
    { start: 3, end: 5, text: 'Z' },
  ];
  expect(applyEdits('abcdef', edits)).toBe('aYcZf');
});

it('changes nothing without edits', () => {
  expect(applyEdits('a\r\n', [])).toBe('a\r\n');
});
