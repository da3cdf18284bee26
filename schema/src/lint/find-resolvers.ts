import { blankCode } from './blank-code.ts';

/**
 * What the resolvers of a type resolve, `__resolveReference` among it, found in code by its looks: the keys of
 * `const User = {…}`, `const x: UserResolvers = {…}` and `User: {…}`. Empty when there are no such resolvers.
 *
 * `unknown` where looks do not tell: keys are spread or computed, or `__resolveReference` is given in another way.
 */
export function findResolvers(sources: readonly string[], type: string): ReadonlySet<string> | 'unknown' {
  const codes = sources.map(blankCode);
  const objects = codes.flatMap((code) => startsOf(code, type).map((start) => objectAt(code, start)));
  if (objects.some(({ isWhole }) => !isWhole)) return 'unknown';
  const assigned = new RegExp(`\\b${type}\\.__resolveReference\\b`);
  const named = new RegExp(`\\b${type}\\b`);
  const isElsewhere = codes.some(
    (code) => assigned.test(code) || (objects.length === 0 && named.test(code) && code.includes('__resolveReference')),
  );
  return isElsewhere ? 'unknown' : new Set(objects.flatMap(({ keys }) => keys));
}

/** Where an object of resolvers opens. */
function startsOf(code: string, type: string): number[] {
  const variable = `\\b(?:const|let|var)\\s+(?:${type}\\b[^={};]*|\\w+\\s*:[^={};]*\\b${type}Resolvers\\b[^={};]*)=\\s*\\{`;
  const property = `\\b${type}\\s*:\\s*\\{`;
  const openings = code.matchAll(new RegExp(`${variable}|${property}`, 'g'));
  return [...openings].map(({ index, 0: text }) => index + text.length - 1);
}

const KEY = /(?:(?:async|get)\s+|\*\s*)*([A-Za-z_$][\w$]*)/y;

/** The keys of the object literal that opens at `start`; not whole where some of them cannot be read. */
function objectAt(code: string, start: number): { keys: string[]; isWhole: boolean } {
  const keys: string[] = [];
  let depth = 0;
  let expectsKey = false;
  for (let index = start; index < code.length; index++) {
    const character = code.charAt(index);
    if (expectsKey && !/[\s}]/.test(character)) {
      KEY.lastIndex = index;
      const [text = '', key] = KEY.exec(code) ?? [];
      if (key === undefined) return { keys, isWhole: false };
      keys.push(key);
      index += text.length - 1;
      expectsKey = false;
    } else if ('{[('.includes(character)) expectsKey = ++depth === 1;
    else if ('}])'.includes(character)) {
      if (--depth === 0) break;
    } else if (character === ',' && depth === 1) expectsKey = true;
  }
  return { keys, isWhole: true };
}
