import { expect, test } from 'vitest';
import { editLine, NO_LINES } from './edit-lines.ts';
import { parseLines } from './read-lines.ts';

const TEXT = `# What we promise.
lines:
  # The first one.
  - major: 1
    version: 1.4.0 # Last in June.
    state: preview

  - major: 3
    version: 3.0.0
    state: preview

# The end.
`;

test('a key changes and nothing else', () => {
  expect(editLine(TEXT, 1, { version: '1.5.0' })).toBe(TEXT.replace('1.4.0', '1.5.0'));
  expect(editLine(TEXT, 3, { state: 'preview' })).toBe(TEXT);
});

test('a key comes and goes', () => {
  const digest = `sha256:${'ab'.repeat(32)}`;
  const edited = editLine(TEXT, 3, { supergraph: digest });
  expect(edited).toContain(`    state: preview\n    supergraph: ${digest}\n`);
  expect(editLine(edited, 3, { supergraph: undefined })).toBe(TEXT);
});

test('a new line stands in its place, whatever was there', () => {
  const change = { version: '2.0.0-preview', state: 'preview' } as const;
  const added = editLine(TEXT, 2, change, true);
  expect(parseLines(added).lines.map(({ major }) => major)).toEqual([1, 2, 3]);
  for (const comment of ['# What we promise.', '# The first one.', '# Last in June.', '# The end.'])
    expect(added).toContain(comment);
  expect(parseLines(editLine(NO_LINES, 2, change, true))).toEqual({ lines: [{ major: 2, ...change }], findings: [] });
  expect(editLine(NO_LINES, 2, change, true)).toBe(
    `${NO_LINES.split('\n')[0]}\nlines:\n  - major: 2\n    version: 2.0.0-preview\n    state: preview\n`,
  );
});
