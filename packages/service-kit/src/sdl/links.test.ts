import { parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { linkedDirective } from './links.ts';

const name = (sdl: string, directive = 'since', identity = 'https://specs.tributary.dev/lines') =>
  linkedDirective(parse(sdl), identity, directive);

describe('a directive of a linked specification is called', () => {
  const url = 'url: "https://specs.tributary.dev/lines/v1.0"';
  test.each([
    ['as it is, where it is imported', `extend schema @link(${url}, import: ["@until", "@since"])`, 'since'],
    ['as the import says', `extend schema @link(${url}, import: [{ name: "@since", as: "@from" }])`, 'from'],
    [
      'as it is, where the import says no other name',
      `extend schema @link(${url}, import: [{ name: "@since" }])`,
      'since',
    ],
    ["with the specification's name before it", `extend schema @link(${url})`, 'lines__since'],
    ['with another name before it', `extend schema @link(${url}, as: "majors", import: ["@until"])`, 'majors__since'],
    ['as it is, in a schema definition', `schema @link(${url}, import: ["@since"]) { query: Query }`, 'since'],
    [
      'the same for a later version',
      'extend schema @link(url: "https://specs.tributary.dev/lines/v1.3", import: ["@since"])',
      'since',
    ],
    [
      'nothing, where another specification is linked',
      'extend schema @link(url: "https://specs.tributary.dev/lines2/v1.0", import: ["@since"])',
      undefined,
    ],
    ['nothing, where none is', 'type Query { a: Int }', undefined],
  ])('%s', (_, sdl, expected) => expect(name(sdl)).toBe(expected));

  test('like the specification, where both have one name', () => {
    const [link, identity] = [
      '@link(url: "https://specs.apollo.dev/inaccessible/v0.2"',
      'https://specs.apollo.dev/inaccessible',
    ];
    expect(name(`extend schema ${link}, for: SECURITY)`, 'inaccessible', identity)).toBe('inaccessible');
    expect(name(`extend schema ${link}, as: "hidden")`, 'inaccessible', identity)).toBe('hidden');
  });
});
