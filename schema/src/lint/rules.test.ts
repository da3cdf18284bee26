import { describe, expect, it } from 'vitest';
import { type RuleSettings, readLintConfig } from './lint-config.ts';
import { codeOf, type Rule } from './rule.ts';
import { rules } from './rules.ts';
import { clientCases } from './testing/client-cases.ts';
import { deprecationCases } from './testing/deprecation-cases.ts';
import { documentedRules } from './testing/documented-examples.ts';
import { eventCases } from './testing/event-cases.ts';
import { federationCases } from './testing/federation-cases.ts';
import { lintFiles } from './testing/lint-files.ts';
import { namingCases } from './testing/naming-cases.ts';
import type { RuleCase } from './testing/rule-case.ts';

const documented = documentedRules();
const cases: readonly RuleCase[] = [
  ...[...namingCases, ...clientCases, ...deprecationCases],
  ...[...federationCases, ...eventCases],
];
const ruleOf = (name: string) => rules.find((rule) => rule.name === name) as Rule;
const defaults = readLintConfig('/nowhere', rules);
const codesOf = (files: RuleCase['files'], settings: ReadonlyMap<string, RuleSettings> = defaults) => [
  ...new Set(lintFiles(files, settings).map(({ code }) => code)),
];

/** What the rule of a case reports; nothing while it is off. */
function found({ rule, files, options }: RuleCase, isOff = false): (string | undefined)[] {
  const { severity, options: standard } = defaults.get(rule) as RuleSettings;
  const settings: RuleSettings = { severity: isOff ? 'off' : severity, options: { ...standard, ...options } };
  return lintFiles(files, new Map([[rule, settings]])).map(({ coordinate }) => coordinate);
}

describe('schema/lint-rules.md', () => {
  it('has a section for each rule, in their order', () => {
    expect(documented.map(({ name }) => name)).toEqual(rules.map(({ name }) => name));
  });

  it.each(documented)('says the default severity and the options of $name', ({ name, text }) => {
    const { severity, options, locked } = ruleOf(name);
    expect(text).toContain(locked ? 'Error, and cannot be switched off.' : `Default: ${severity}`);
    for (const [option, words] of Object.entries(options)) {
      expect(text).toContain(`\`${option}\``);
      expect(text.replaceAll(/\s+/g, ' ')).toContain(`\`[${words.join(', ')}]\``);
    }
  });

  it.each(documented)('has a bad example of $name, which that rule alone reports', ({ name, bad }) => {
    expect(codesOf(bad)).toEqual([codeOf(ruleOf(name))]);
  });

  it.each(documented)('has a good example of $name, which no rule reports', ({ good }) => {
    expect(Object.keys(good)).not.toEqual([]);
    expect(lintFiles(good, defaults)).toEqual([]);
  });
});

describe.each(rules)('$name', ({ name }) => {
  const own = cases.filter(({ rule }) => rule === name);

  it.each(own)('$name', (each) => {
    expect(found(each)).toEqual(each.finds);
  });

  it('has two cases at least beside its examples, and some of its cases fail without it', () => {
    expect(own.length).toBeGreaterThanOrEqual(2);
    const failing = own.filter((each) => found(each, true).join() !== each.finds.join());
    expect(failing).not.toEqual([]);
  });
});

describe('a hint', () => {
  const hints = (rule: string, files: RuleCase['files']) =>
    lintFiles(files, new Map([[rule, defaults.get(rule) as RuleSettings]])).map(({ hint }) => hint);

  it('names the nearest coordinate, and subgraph', () => {
    const sunset = '@deprecated(reason: "r") @sunset(on: "2027-01-31", replacement: "T.nam", owner: "o")';
    const sdl = `directive @sunset(on: String) on FIELD_DEFINITION type T { a: Int ${sunset} name: Int }`;
    expect(hints('sunsets', { shop: sdl })).toEqual(['Did you mean T.name?']);
    const from = (name: string) => ({
      orders: `type T { a: Int @override(from: "${name}") }`,
      shop: 'type T { a: Int }',
    });
    expect(hints('override-sources', from('shops'))).toEqual(['Did you mean shop?']);
    expect(hints('override-sources', from('elsewhere'))).toEqual(['Take @override away.']);
  });

  it('says what is missing for an event, and what comes near', () => {
    const { files } = eventCases.find(({ name }) => name.startsWith('wants fields of the data')) as RuleCase;
    const item = 'Did you mean itemId?';
    expect(hints('event-streams', files)).toEqual([item, item, 'Did you mean userId?']);
    const linked = eventCases.find(({ name }) => name === 'wants it composed') as RuleCase;
    expect(hints('event-streams', linked.files)).toEqual([
      'Add @composeDirective(name: "@eventStream") to the schema.',
    ]);
  });

  it('writes the name as it should be', () => {
    expect(hints('type-names', { shop: 'type user_profile { id: ID! }' })).toEqual(['Call it UserProfile.']);
    expect(hints('query-names', { shop: 'type Query { getURLOfShop: Int }' })).toEqual(['Call it urlOfShop.']);
    expect(hints('mutation-payloads', { shop: 'type Mutation { addUser: Int }' })[0]).toContain('AddUserPayload');
  });
});
