import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SourceError } from '../subgraphs.ts';
import { temporaryRepository } from '../testing/temporary-repository.ts';
import { CHECK_CONFIG, readCheckConfig } from './read-check-config.ts';

function read(text: string) {
  using repository = temporaryRepository({});
  repository.write(CHECK_CONFIG, text);
  return { root: repository.root, usage: readCheckConfig(repository.root).usage };
}

describe('schema/check.yaml', () => {
  it('says where usage is, and how far back it is looked at', () => {
    const { root, usage } = read('usage: { store: data/usage, window: 12h }');
    expect(usage).toEqual({ store: join(root, 'data/usage'), windowMs: 12 * 3_600_000 });
    const url = 'postgres://usage@db/usage';
    expect(read(`usage: { store: "${url}" }`).usage).toEqual({ store: url, windowMs: 30 * 86_400_000 });
  });

  it('may be empty, or not there', () => {
    expect(read('# nothing').usage).toBeUndefined();
    using repository = temporaryRepository({});
    expect(readCheckConfig(repository.root).usage).toBeUndefined();
  });

  it.each([
    ['an unknown key', 'usages: {}', 'usages: unknown key; did you mean usage?'],
    ['an unknown key inside', 'usage: { store: a, windw: 1d }', 'usage.windw: unknown key; did you mean window?'],
    ['no store', 'usage: { window: 1d }', 'usage.store: expected a folder or a postgres:// URL.'],
    ['a store that is none', 'usage: { store: 5 }', 'usage.store: expected a folder or a postgres:// URL.'],
    ['a time that is none', 'usage: { store: a, window: 30 }', 'usage.window: expected a time such as 30d.'],
    ['no map', 'usage', 'expected a map of usage'],
    ['no map inside', 'usage: [canary]', 'usage: expected a map of store, window.'],
    ['no YAML', 'usage: { canary', 'it cannot be read ('],
  ])('refuses %s', (_, text, message) => {
    expect(() => read(text)).toThrow(SourceError);
    expect(() => read(text)).toThrow(`${CHECK_CONFIG}: ${message}`);
    expect(() => read(text)).not.toThrow('canary');
  });
});
