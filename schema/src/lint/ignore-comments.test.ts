import { describe, expect, it } from 'vitest';
import { readLintConfig } from './lint-config.ts';
import { rules } from './rules.ts';
import { lintFiles } from './testing/lint-files.ts';

const settings = readLintConfig('/nowhere', rules);
const ofRule = (name: string) =>
  new Map([[name, { severity: 'warning' as const, options: settings.get(name)?.options ?? {} }]]);

/** `CODE line` for each finding; SDL begins at line 2. */
const lint = (sdl: string, rule = 'money-types') =>
  lintFiles({ shop: sdl }, ofRule(rule)).map(({ code, line }) => `${code} ${line}`);

const field = 'total: Int';
const inType = (text: string) => `type T {\n${text}\n}`;

describe('a comment with a reason switches a rule off', () => {
  it.each([
    ['above a field', inType(`# graph-lint-ignore money-types: it counts\n${field}`)],
    ['above its description', inType(`# graph-lint-ignore money-types: it counts\n"How many."\n${field}`)],
    [
      'above a description of several lines',
      inType(`# graph-lint-ignore money-types: it counts\n"""\nHow\nmany.\n"""\n${field}`),
    ],
    ['below its description', inType(`"How many."\n# graph-lint-ignore money-types: it counts\n${field}`)],
    ['among other comments', inType(`# graph-lint-ignore money-types: it counts\n# TODO\n${field}`)],
    ['without much space', inType(`#graph-lint-ignore money-types:it counts\n${field}`)],
    ['for an argument, above it', 'type Query { a(\n# graph-lint-ignore money-types: it counts\ntotal: Int): Int }'],
    ['for an argument, above its field', inType('# graph-lint-ignore money-types: it counts\na(total: Int): Int')],
  ])('%s', (_, sdl) => {
    expect(lint(sdl)).toEqual([]);
  });

  it('above a type and its description, for what the rule says of the type', () => {
    const sdl = '# graph-lint-ignore type-names: its clients know it\n"A person." type user { id: ID! }';
    expect(lint(sdl, 'type-names')).toEqual([]);
  });
});

describe('it does not reach', () => {
  it.each([
    ['over an empty line', inType(`# graph-lint-ignore money-types: it counts\n\n${field}`), 5],
    ['the next definition', inType(`# graph-lint-ignore money-types: it counts\na: Int\n${field}`), 5],
    ['from the end of the line before', inType(`a: Int # graph-lint-ignore money-types: it counts\n${field}`), 4],
    ['what is in a type', `# graph-lint-ignore money-types: it counts\n${inType(field)}`, 4],
  ])('%s', (_, sdl, line) => {
    const comment = sdl.split('\n').findIndex((text) => text.includes('ignore')) + 2;
    expect(lint(sdl)).toEqual([`UNUSED_IGNORE ${comment}`, `MONEY_TYPES ${line}`]);
  });
});

describe('it is itself a finding', () => {
  const findings = (comment: string, sdl = field, rule = 'money-types') =>
    lintFiles({ shop: inType(`${comment}\n${sdl}`) }, ofRule(rule));

  it.each([
    ['without a reason, and switches nothing off', '# graph-lint-ignore money-types', 'says no reason'],
    ['with an empty reason', '# graph-lint-ignore money-types:  ', 'says no reason'],
    ['without a rule', '# graph-lint-ignore: it counts', 'names no rule'],
    ['with a rule that is none', '# graph-lint-ignore money-type: it counts', 'There is no rule money-type.'],
  ])('%s', (_, comment, message) => {
    expect(findings(comment)).toMatchObject([
      {
        severity: 'error',
        code: 'INVALID_IGNORE',
        line: 3,
        column: 1,
        source: comment,
        message: expect.stringContaining(message),
      },
      { code: 'MONEY_TYPES', line: 4 },
    ]);
  });

  it('with the nearest rule', () => {
    expect(findings('# graph-lint-ignore money-type: it counts')[0]?.hint).toBe('Did you mean money-types?');
  });

  it('where there is nothing to switch off', () => {
    expect(findings('# graph-lint-ignore money-types: it counts', 'a: Int')).toMatchObject([
      { severity: 'warning', code: 'UNUSED_IGNORE', line: 3 },
    ]);
  });

  it('for a rule that cannot be switched off, which finds what it finds', () => {
    const comment = '# graph-lint-ignore invalid-deprecation: we like it so';
    expect(findings(comment, 'a: Int @deprecated(reason: null)', 'invalid-deprecation')).toMatchObject([
      { severity: 'error', code: 'INVALID_IGNORE', line: 3 },
      { code: 'INVALID_DEPRECATION', line: 4 },
    ]);
  });

  it('but not for a rule that is not asked', () => {
    expect(findings('# graph-lint-ignore type-names: it has clients', 'a: Int')).toEqual([]);
  });
});

it('two comments switch two rules off', () => {
  const sdl = inType(
    `# graph-lint-ignore money-types: it counts\n# graph-lint-ignore field-names: it has clients\nTotal: Int`,
  );
  const both = new Map([...ofRule('money-types'), ...ofRule('field-names')]);
  expect(lintFiles({ shop: sdl }, both)).toEqual([]);
  expect(lintFiles({ shop: sdl.replaceAll(/#.*\n/g, '') }, both)).toHaveLength(2);
});
