/**
 * Orders SemVer versions: negative if `a` is lower than `b`. Build metadata has no influence.
 *
 * Source: https://semver.org/#spec-item-11
 */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [parse(a), parse(b)];
  const core = firstDifference(left.core, right.core);
  if (core !== 0) return core;
  if (left.pre.length === 0 || right.pre.length === 0) return right.pre.length - left.pre.length;
  return firstDifference(left.pre, right.pre) || left.pre.length - right.pre.length;
}

type Identifier = string | number;

function parse(version: string): { core: Identifier[]; pre: Identifier[] } {
  const [, core = '', pre] = /^(\d+\.\d+\.\d+)(?:-([0-9A-Za-z.-]+))?(?:\+.*)?$/.exec(version) ?? [];
  if (core === '') throw new Error(`${version} is no SemVer version`);
  const identifiers = (text: string): Identifier[] =>
    text.split('.').map((each) => (/^\d+$/.test(each) ? Number(each) : each));
  return { core: identifiers(core), pre: pre === undefined ? [] : identifiers(pre) };
}

function firstDifference(a: readonly Identifier[], b: readonly Identifier[]): number {
  for (const [index, left] of a.entries()) {
    const right = b[index];
    if (right === undefined || left === right) continue;
    if (typeof left !== typeof right) return typeof left === 'number' ? -1 : 1;
    return left < right ? -1 : 1;
  }
  return 0;
}
