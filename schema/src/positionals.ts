import { parseArgs } from 'node:util';

/** What of a command's arguments is no flag and no flag's value, and the rest, for parseFlags. */
export function takePositionals(
  args: readonly string[],
  flags: Readonly<Record<string, { type: 'boolean' | 'string' }>>,
): { positionals: string[]; rest: string[] } {
  const options = Object.fromEntries(Object.entries(flags).map(([name, { type }]) => [name, { type }]));
  const parsed = parseArgs({ args: [...args], options, allowPositionals: true, strict: false, tokens: true });
  const found = parsed.tokens.filter(({ kind }) => kind === 'positional');
  const indices = new Set(found.map(({ index }) => index));
  return { positionals: parsed.positionals, rest: args.filter((_, index) => !indices.has(index)) };
}
