import { isDeepStrictEqual } from 'node:util';
import { hasLabels } from './label-selector.ts';
import { type StringMatch, stringCovers, stringMatches } from './string-match.ts';
import { type HttpMatch, type HttpRule, httpMatchOfAll } from './virtual-service.ts';

/** A match that no request reaches. */
export interface ShadowedMatch {
  readonly rule: number;
  /** Missing where the rule has no match of its own, and so takes everything. */
  readonly match: number | undefined;
  /** The earlier rule that takes all of its requests. */
  readonly by: number;
  /** The two matches are the same, so nobody can tell which rule is meant. */
  readonly ambiguous: boolean;
}

/**
 * The matches of a VirtualService's rules that can never win, as an earlier rule takes all that they match. It finds
 * every one that is shadowed by a single earlier match without regular expressions, such as a rule without a match or
 * an equal or broader prefix with the same or fewer header conditions. It may miss what several matches take together.
 */
export function shadowedMatches(rules: readonly HttpRule[]): ShadowedMatch[] {
  return rules.flatMap((rule, index) =>
    matchesOf(rule).flatMap(({ match, position }) => {
      const before = rules.slice(0, index).map(matchesOf);
      const by = before.findIndex((each) => each.some((earlier) => matchCovers(earlier.match, match)));
      if (by < 0) return [];
      const ambiguous = before[by]?.some((earlier) => isSame(earlier.match, match)) ?? false;
      return [{ rule: index, match: position, by, ambiguous }];
    }),
  );
}

const matchesOf = ({ match }: HttpRule): { match: HttpMatch; position: number | undefined }[] =>
  match?.length
    ? match.map((each, position) => ({ match: each, position }))
    : [{ match: httpMatchOfAll, position: undefined }];

const isSame = (a: HttpMatch, b: HttpMatch): boolean =>
  isDeepStrictEqual({ ...a, name: undefined }, { ...b, name: undefined });

/** Whether every request that `inner` matches, `outer` matches too. Never yes wrongly. */
export const matchCovers = (outer: HttpMatch, inner: HttpMatch): boolean =>
  uriCovers(outer, inner) &&
  valueCovers(outer.method, inner.method) &&
  valueCovers(outer.authority, inner.authority) &&
  Object.entries(outer.headers ?? {}).every(([name, each]) => {
    const same = inner.headers?.[name];
    return same !== undefined && stringCovers(each, same);
  }) &&
  Object.entries(outer.withoutHeaders ?? {}).every(([name, each]) => rulesOut(inner, name, each)) &&
  (!outer.gateways || (inner.gateways?.every((each) => outer.gateways?.includes(each)) ?? false)) &&
  hasLabels(inner.sourceLabels ?? {}, outer.sourceLabels ?? {});

const present: StringMatch = { exact: undefined, prefix: undefined, regex: undefined };

/** For what every request has. */
const valueCovers = (outer: StringMatch | undefined, inner: StringMatch | undefined): boolean =>
  !outer || stringCovers(outer, inner ?? present);

function uriCovers(outer: HttpMatch, inner: HttpMatch): boolean {
  if (!outer.uri || outer.uri.prefix === '/' || outer.uri.regex === '/.*') return true;
  const [outerFolds, innerFolds] = [ignoresCase(outer), ignoresCase(inner)];
  // What ignores case matches more than one that does not, unless there is no letter in it.
  if (innerFolds && !outerFolds && (outer.uri.regex !== undefined || hasLetter(outer.uri))) return false;
  const innerUri = inner.uri ?? present;
  return outerFolds ? stringCovers(folded(outer.uri), folded(innerUri)) : stringCovers(outer.uri, innerUri);
}

/** `ignoreUriCase` has no influence on a regex. */
const ignoresCase = ({ uri, ignoreUriCase }: HttpMatch): boolean => ignoreUriCase === true && uri?.regex === undefined;

const hasLetter = ({ exact = '', prefix = '' }: StringMatch): boolean => /\p{L}/u.test(exact + prefix);

const folded = ({ exact, prefix, regex }: StringMatch): StringMatch => ({
  exact: exact?.toLowerCase(),
  prefix: prefix?.toLowerCase(),
  regex,
});

/** Whether a request that `match` matches cannot have a header that `refused` matches. */
function rulesOut(match: HttpMatch, name: string, refused: StringMatch): boolean {
  const without = match.withoutHeaders?.[name];
  if (without && stringCovers(without, refused)) return true;
  const exact = match.headers?.[name]?.exact;
  return exact !== undefined && !stringMatches(refused, exact);
}
