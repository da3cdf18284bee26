import { describe, expect, it } from 'vitest';
import { BEHAVIOURS } from './behaviours/all.ts';
import { conformanceDocs } from './conformance-docs.ts';

describe('docs/federation-conformance.md', () => {
  const lines = conformanceDocs().split('\n');

  it('has a row for each behaviour, and a section for each that somebody has not', () => {
    for (const { name, wrong } of Object.values(BEHAVIOURS).flat()) {
      expect(lines.filter((line) => line.startsWith(`| ${name} | `))).toHaveLength(1);
      expect(lines.includes(`### ${name}`)).toBe(wrong !== undefined);
    }
  });

  it('breaks no table and no line', () => {
    const cells = lines.filter((line) => line.startsWith('| ')).map((line) => line.split(' | ').length);
    expect(new Set(cells)).toEqual(new Set([4]));
  });
});
