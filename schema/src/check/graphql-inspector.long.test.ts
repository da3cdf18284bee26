import { readFileSync } from 'node:fs';
import { CriticalityLevel, diff } from '@graphql-inspector/core';
import { describe, expect, it } from 'vitest';
import { composeSupergraph } from '../compose.ts';
import { CHANGE_CASES, type ChangeCase } from './change-cases.ts';
import { LINK } from './testing/federation-link.ts';

/** Where we judge otherwise, and why. */
const DOCUMENT = new URL('../../../docs/schema-check.md', import.meta.url);

const CLASSES = ['safe', 'dangerous', 'breaking'] as const;
const LEVELS = { [CriticalityLevel.NonBreaking]: 0, [CriticalityLevel.Dangerous]: 1, [CriticalityLevel.Breaking]: 2 };

function apiOf(sdl: string) {
  const { apiSchema } = composeSupergraph([
    {
      name: 'one',
      url: 'http://127.0.0.1:1',
      schemaPath: 'one.graphql',
      files: [{ path: 'one.graphql', text: `${LINK}\n${sdl}` }],
    },
  ]);
  if (apiSchema === undefined) throw new Error(`${sdl} does not compose`);
  return apiSchema;
}

/** The gravest of all changes. */
const ours = ({ changes }: ChangeCase) =>
  Math.max(...changes.map((change) => CLASSES.indexOf(change.split(' ', 1)[0] as 'safe')));
const theirs = async ({ before, after }: ChangeCase) => {
  const changes = await diff(apiOf(before as string), apiOf(after as string));
  return Math.max(0, ...changes.map(({ criticality }) => LEVELS[criticality.level]));
};

/** `| FIELD_NON_NULL | safe | dangerous | why |`: the first three cells of each row. */
const documented = () =>
  readFileSync(DOCUMENT, 'utf8')
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')))
    .filter(([, code = '', , , why = '']) => /^[A-Z_]+$/.test(code) && why !== '')
    .map(([, code, our, their]) => `${code}: ${our}, graphql-inspector ${their}`);

describe('what clients see of a change', () => {
  it('is judged as graphql-inspector does, or docs/schema-check.md says why not', async () => {
    const plain = CHANGE_CASES.filter(
      ({ before, after, layers }) => typeof before === 'string' && typeof after === 'string' && layers.includes('api'),
    );
    const differences = new Set<string>();
    for (const each of plain) {
      const [our, their] = [ours(each), await theirs(each)];
      const [, code] = each.changes[0]?.split(' ') ?? [];
      if (our !== their) differences.add(`${code}: ${CLASSES[our]}, graphql-inspector ${CLASSES[their]}`);
    }
    console.log(`${plain.length} plain changes, ${differences.size} kinds judged differently`);
    expect(plain.length).toBeGreaterThan(80);
    expect([...differences].sort()).toEqual(documented().sort());
  });
});
