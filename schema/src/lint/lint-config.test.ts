import { describe, expect, it } from 'vitest';
import { SourceError } from '../subgraphs.ts';
import { temporaryRepository } from '../testing/temporary-repository.ts';
import { readLintConfig } from './lint-config.ts';
import { rules } from './rules.ts';

function read(yaml: string) {
  using repository = temporaryRepository({});
  repository.write('schema/lint.yaml', yaml);
  return readLintConfig(repository.root, rules);
}

describe('schema/lint.yaml', () => {
  it('changes severities, alone or with options, and leaves the rest', () => {
    const settings = read(`rules:
      query-names: off
      type-names: warning
      id-types: { exempt: [stripeId] }
      money-types: { severity: error, units: [] }`);
    expect(settings.get('query-names')?.severity).toBe('off');
    expect(settings.get('type-names')?.severity).toBe('warning');
    expect(settings.get('id-types')).toEqual({ severity: 'error', options: { exempt: ['stripeId'] } });
    expect(settings.get('money-types')).toMatchObject({ severity: 'error', options: { units: [] } });
    expect(settings.get('money-types')?.options.words).toContain('price');
    expect(settings.get('field-names')).toEqual({ severity: 'error', options: {} });
    expect(settings.size).toBe(rules.length);
  });

  it.each(['', 'rules: {}', 'rules:', '# nothing'])('may say nothing: %j', (yaml) => {
    expect(read(yaml)).toEqual(readLintConfig('/nowhere', rules));
  });

  it.each([
    ['rule: {}', 'schema/lint.yaml: rule: unknown key; did you mean rules?'],
    ['rules: { type-name: off }', 'rules.type-name: unknown key; did you mean type-names?'],
    ['rules: { whatever-else: off }', 'rules.whatever-else: unknown key.'],
    ['rules: { descriptions: { exemt: [id] } }', 'rules.descriptions.exemt: unknown key; did you mean exempt?'],
    ['rules: { type-names: { words: [id] } }', 'rules.type-names.words: unknown key'],
    ['rules: { type-names: info }', 'rules.type-names: the severity is one of off, warning, error.'],
    ['rules: { type-names: { severity: true } }', 'rules.type-names: the severity is one of'],
    ['rules: { id-types: { exempt: id } }', 'rules.id-types.exempt: this is a list of words.'],
    ['rules: { id-types: { exempt: [1] } }', 'rules.id-types.exempt: this is a list of words.'],
    ['rules: { id-types: [exempt] }', 'rules.id-types: a map of keys is expected here.'],
    ['rules: { id-types: }', 'rules.id-types: a map of keys is expected here.'],
    ['rules: [type-names]', 'rules: a map of keys is expected here.'],
    ['- rules', '(top): a map of keys is expected here.'],
    ['rules: { a', 'schema/lint.yaml: it cannot be read: '],
    ['rules: { invalid-deprecation: off }', 'rules.invalid-deprecation: it cannot be anything but error.'],
    ['rules: { invalid-deprecation: warning }', 'rules.invalid-deprecation: it cannot be anything but error.'],
  ])('is refused as %j', (yaml, message) => {
    expect(() => read(yaml)).toThrow(SourceError);
    expect(() => read(yaml)).toThrow(message);
  });

  it('may say of what cannot be switched off that it is an error', () => {
    expect(read('rules: { invalid-deprecation: error }').get('invalid-deprecation')?.severity).toBe('error');
  });
});
