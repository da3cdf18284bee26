import { checked, fields, optional, type Parsed, text } from './shape.ts';

/** What JavaScript knows and RE2 does not: look-around and back references. */
const notInRe2 = /\(\?<?[=!]|\\[1-9]|\\k</;

/**
 * An RE2 expression, which Envoy matches with a whole value.
 *
 * Source: https://github.com/google/re2/wiki/Syntax
 */
export const expression = checked(text, (source) => {
  if (notInRe2.test(source)) return `${source} is not one of RE2`;
  try {
    fullMatch(source);
    return false;
  } catch (error) {
    return String(error);
  }
});

const compiled = new Map<string, RegExp>();

/** What `expression` has read, to test whole values with. */
export function fullMatch(source: string): RegExp {
  const known = compiled.get(source);
  if (known) return known;
  const ignoresCase = source.startsWith('(?i)');
  const body = (ignoresCase ? source.slice(4) : source).replaceAll('(?P<', '(?<');
  const made = new RegExp(`^(?:${body})$`, ignoresCase ? 'iu' : 'u');
  compiled.set(source, made);
  return made;
}

/** Istio's StringMatch: one of exact, prefix and regex; none of them asks for presence only. */
export const stringMatch = checked(
  fields({ exact: optional(text), prefix: optional(text), regex: optional(expression) }),
  (read) =>
    Object.values(read).filter((each) => each !== undefined).length > 1 && 'more than one of exact, prefix and regex',
);

export type StringMatch = Parsed<typeof stringMatch>;

/** Whether a value matches. A missing value never does; `ignoreCase` has no influence on a regex. */
export function stringMatches(match: StringMatch, value: string | undefined, ignoreCase = false): boolean {
  if (value === undefined) return false;
  if (match.regex !== undefined) return fullMatch(match.regex).test(value);
  const fold = (each: string): string => (ignoreCase ? each.toLowerCase() : each);
  if (match.exact !== undefined) return fold(value) === fold(match.exact);
  return match.prefix === undefined || fold(value).startsWith(fold(match.prefix));
}

/**
 * Whether everything that `inner` matches, `outer` matches too. May say no where only regular expressions could tell,
 * never yes wrongly.
 */
export function stringCovers(outer: StringMatch, inner: StringMatch): boolean {
  if (outer.regex === undefined && outer.exact === undefined && !outer.prefix) return true;
  if (outer.regex === '.*') return true;
  if (inner.exact !== undefined) return stringMatches(outer, inner.exact);
  if (inner.regex !== undefined) return outer.regex === inner.regex;
  return outer.prefix !== undefined && (inner.prefix ?? '').startsWith(outer.prefix);
}
