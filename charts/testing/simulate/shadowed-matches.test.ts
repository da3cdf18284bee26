import { describe, expect, it } from 'vitest';
import { shadowedMatches } from './shadowed-matches.ts';
import { virtualServicesOf } from './virtual-service.ts';

const rules = (...matches: object[][]) =>
  virtualServicesOf([
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: { name: 'routes', namespace: 'shop' },
      spec: { hosts: ['users'], http: matches.map((match) => ({ match })) },
    },
  ])[0]?.spec.http ?? [];

const canary = { headers: { canary: { exact: 'true' } } };
const api = { uri: { prefix: '/api' } };

/** Of two rules, whether the second can match. */
const second = (earlier: object[], later: object[]): string => {
  const [found] = shadowedMatches(rules(earlier, later));
  if (!found) return 'matches';
  return found.ambiguous ? 'ambiguous' : 'shadowed';
};

describe('shadowedMatches', () => {
  it.each<[string, string, object[], object[]]>([
    ['an earlier rule without match', 'shadowed', [], [canary]],
    ['two rules without match', 'ambiguous', [], []],
    ['the same match', 'ambiguous', [canary], [canary]],
    ['the same match under another name', 'ambiguous', [{ ...canary, name: 'a' }], [{ ...canary, name: 'b' }]],
    ['the same match as one of several', 'ambiguous', [api, canary], [canary]],
    ['a rule for the rest after a narrow one', 'matches', [canary], []],
    ['an equal prefix with fewer headers', 'shadowed', [api], [{ ...api, ...canary }]],
    ['an equal prefix with more headers', 'matches', [{ ...api, ...canary }], [api]],
    [
      'a broader prefix with the same headers',
      'shadowed',
      [{ uri: { prefix: '/a' }, ...canary }],
      [{ ...api, ...canary }],
    ],
    ['a broader prefix over an exact path', 'shadowed', [api], [{ uri: { exact: '/api/x' } }]],
    ['a narrower prefix', 'matches', [{ uri: { prefix: '/api/v1' } }], [api]],
    ['the prefix / takes every path', 'shadowed', [{ uri: { prefix: '/' } }], [canary]],
    ['and every expression', 'shadowed', [{ uri: { prefix: '/' } }], [{ uri: { regex: '/.*/x' } }]],
    ['the expression /.* does, too', 'shadowed', [{ uri: { regex: '/.*' } }], [api]],
    ['a prefix takes no rule without uri', 'matches', [api], [canary]],
    ['another method', 'matches', [{ method: { exact: 'GET' } }], [{ method: { exact: 'POST' } }]],
    ['any method', 'shadowed', [{ method: { regex: '.*' } }], [canary]],
    ['another header', 'matches', [{ headers: { a: {} } }], [{ headers: { b: {} } }]],
    ['presence of a header takes its values', 'shadowed', [{ headers: { canary: {} } }], [canary]],
    ['a value does not take presence', 'matches', [canary], [{ headers: { canary: {} } }]],
    [
      'one that ignores case takes one that does not',
      'shadowed',
      [{ uri: { prefix: '/API' }, ignoreUriCase: true }],
      [api],
    ],
    [
      'an expression, before what ignores case',
      'matches',
      [{ uri: { regex: '/api' } }],
      [{ uri: { exact: '/API' }, ignoreUriCase: true }],
    ],
    [
      'an expression never ignores case',
      'matches',
      [{ uri: { regex: '/api' }, ignoreUriCase: true }],
      [{ uri: { exact: '/API' } }],
    ],
    ['one that ignores case after one that does not', 'matches', [api], [{ ...api, ignoreUriCase: true }]],
    [
      'unless there is no letter',
      'shadowed',
      [{ uri: { prefix: '/1' } }],
      [{ uri: { prefix: '/1/a' }, ignoreUriCase: true }],
    ],
    ['without a header, before one that needs it', 'matches', [{ withoutHeaders: { canary: {} } }], [canary]],
    [
      'without a header, before one that is without it too',
      'shadowed',
      [{ withoutHeaders: { canary: {} } }],
      [{ ...api, withoutHeaders: { canary: {} } }],
    ],
    [
      'without a value, before one that needs another',
      'shadowed',
      [{ withoutHeaders: { canary: { exact: 'no' } } }],
      [canary],
    ],
    ['without a value, before one for all', 'matches', [{ withoutHeaders: { canary: { exact: 'no' } } }], [api]],
    [
      'without a value, before one that is without the header',
      'shadowed',
      [{ withoutHeaders: { canary: { exact: 'no' } } }],
      [{ withoutHeaders: { canary: {} } }],
    ],
    ['for one gateway only', 'matches', [{ gateways: ['public'] }], [canary]],
    ['for the same gateway', 'shadowed', [{ gateways: ['public', 'mesh'] }], [{ ...canary, gateways: ['mesh'] }]],
    ['for some sources only', 'matches', [{ sourceLabels: { app: 'a' } }], [canary]],
    [
      'for the same sources',
      'shadowed',
      [{ sourceLabels: { app: 'a' } }],
      [{ ...canary, sourceLabels: { app: 'a', version: 'v1' } }],
    ],
    ['one alternative of the earlier rule is enough', 'shadowed', [canary, api], [{ uri: { exact: '/api' } }]],
  ])('%s: %s', (_, expected, earlier, later) => {
    expect(second(earlier, later)).toBe(expected);
  });

  it('names a single alternative of a rule that is taken', () => {
    expect(shadowedMatches(rules([api], [canary, { uri: { exact: '/api/x' } }]))).toEqual([
      { rule: 1, match: 1, by: 0, ambiguous: false },
    ]);
  });
});
