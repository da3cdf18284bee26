import { expect, test } from 'vitest';
import { UsageError } from './commands/command.ts';
import { parseFlags } from './flags.ts';

const flags = {
  check: { type: 'boolean', default: false },
  out: { type: 'string' },
  format: { type: 'string', default: 'text', oneOf: ['text', 'json'] },
} as const;

test('flags have their defaults, or what is given, in both forms', () => {
  expect({ ...parseFlags([], flags) }).toEqual({ check: false, format: 'text' });
  const given = { check: true, out: 'a b', format: 'json' };
  expect({ ...parseFlags(['--check', '--out', 'a b', '--format', 'json'], flags) }).toEqual(given);
  expect({ ...parseFlags(['--check', '--out=a b', '--format=json'], flags) }).toEqual(given);
});

test.each([
  [['--formt', 'json'], 'Unknown flag --formt; did you mean --format?'],
  [['--zzzzzzz'], 'Unknown flag --zzzzzzz.'],
  [['--format', 'xml'], '--format takes one of text, json.'],
  [['--out'], '--out'],
  [['--check=yes'], '--check'],
  [['positional'], 'positional'],
  [['-x'], '-x'],
  [['--constructor'], '--constructor'],
])('%j is refused', (args, message) => {
  expect(() => parseFlags(args, flags)).toThrow(UsageError);
  expect(() => parseFlags(args, flags)).toThrow(message);
});
