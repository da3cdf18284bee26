import { describe, expect, it } from 'vitest';
import { Freshness } from './freshness.ts';

function policyOf(...headers: (string | undefined)[]) {
  const freshness = new Freshness();
  for (const header of headers) freshness.add(header);
  const { policy } = freshness;
  return policy && [policy.maxAgeSeconds, policy.isPublic ? 'public' : 'private'];
}

describe('freshness', () => {
  it.each([
    ['nobody was asked', [], undefined],
    ['one says nothing', [undefined], undefined],
    ['one says nothing, first', [undefined, 'max-age=60, public'], undefined],
    ['one says nothing, last', ['max-age=60, public', ''], undefined],
    ['one', ['max-age=60, public'], [60, 'public']],
    ['without a scope', ['max-age=60'], [60, 'private']],
    ['the shortest', ['public, max-age=60', 'max-age=5, public', 'max-age=600, public'], [5, 'public']],
    ['one of them private', ['public, max-age=60', 'max-age=90, private'], [60, 'private']],
    ['both at once', ['public, private, max-age=60'], [60, 'private']],
    ['private fields', ['public, private="x", max-age=60'], [60, 'private']],
    ['no-store', ['public, max-age=60', 'no-store'], undefined],
    ['no-store beside an age', ['max-age=60, no-store'], undefined],
    ['no-cache beside an age', ['NO-CACHE, max-age=60'], undefined],
    ['zero', ['public, max-age=0'], undefined],
    ['an age for shared caches only', ['public, s-maxage=60'], undefined],
    ['no number', ['public, max-age=-1'], undefined],
    ['no number either', ['public, max-age=1e9'], undefined],
    ['nothing', ['public, max-age'], undefined],
    ['quotes', ['Public, Max-Age="60"'], [60, 'public']],
    ['centuries', ['public, max-age=99999999999999999999'], [2 ** 31 - 1, 'public']],
  ])('%s: %j', (_what, headers, expected) => {
    expect(policyOf(...(headers as string[]))).toEqual(expected);
  });
});
