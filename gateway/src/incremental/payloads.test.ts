import { expect, it, vi } from 'vitest';
import type { IncrementalUpdate } from '../executor/incremental-result.ts';
import { laterPayloads } from './payloads.ts';

it('tells in the end of all errors, even of more than a stack has room for', async () => {
  const errors = Array.from({ length: 200_000 }, (_, index) => ({ message: 'No.', code: 'NO', path: ['list', index] }));
  const part = { id: '0', label: undefined, path: ['list'] };
  async function* updates(): AsyncGenerator<IncrementalUpdate, undefined> {
    const items = { part, index: 0, items: '[null]', errors };
    yield { pending: [], incremental: [items], completed: [{ part, errors: undefined }], hasNext: false };
    return undefined;
  }
  const ended = vi.fn();
  const parts = { updates: updates(), format: 'v0.2', requestId: 'r', extensionsOf: () => undefined, ended } as const;
  const texts: string[] = [];
  for await (const text of laterPayloads(parts)) texts.push(text);
  expect(JSON.parse(texts[0] ?? '').incremental[0].errors).toHaveLength(errors.length);
  expect(ended.mock.calls).toEqual([[errors]]);
});
