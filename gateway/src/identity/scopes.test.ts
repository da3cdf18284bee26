import { describe, expect, it } from 'vitest';
import { scopesIn } from './scopes.ts';

describe('Scopes of a token', () => {
  it.each<[object, string | undefined, string[]]>([
    [{ scope: 'a  b:c' }, undefined, ['a', 'b:c']],
    [{ scp: ['a', 'b', 7, ''] }, undefined, ['a', 'b']],
    [{ scope: 'a', scp: ['b'] }, undefined, ['a']],
    [{ permissions: ['a'], scope: 'b' }, 'permissions', ['a']],
    [{ app: { may: 'a b' } }, 'app.may', ['a', 'b']],
    [{ scope: { a: 1 } }, undefined, []],
    [{}, undefined, []],
    [{}, 'constructor', []],
  ])('of %j by %s are %j', (claims, claim, scopes) => {
    expect(scopesIn(claims as Record<string, unknown>, claim)).toEqual(scopes);
  });
});
