import { expect, test } from 'vitest';
import { AutomaticDocuments } from './automatic-documents.ts';

const text = (index: number) => `{ a${index} }`;

test('texts are bounded in bytes: the least recently used are forgotten', () => {
  const documents = new AutomaticDocuments(1024);
  for (let index = 0; index < 3; index++) expect(documents.add(`hash ${index}`, text(index))).toBe(true);
  expect(documents.get('hash 0')).toBe(text(0));
  documents.add('hash 3', text(3));
  expect([0, 1, 2, 3].map((index) => documents.get(`hash ${index}`))).toEqual([text(0), undefined, text(2), text(3)]);
  documents.add('large', 'a'.repeat(1024));
  expect(documents.get('large')).toBeUndefined();
});

test('and in number', () => {
  const documents = new AutomaticDocuments(1024 ** 3);
  for (let index = 0; index < 10_001; index++) documents.add(`hash ${index}`, text(index));
  expect(documents.size).toBe(10_000);
});

test('a text is registered once', () => {
  const documents = new AutomaticDocuments(1024);
  expect([documents.add('hash', text(0)), documents.add('hash', text(0))]).toEqual([true, false]);
  expect(documents.size).toBe(1);
});
