/** Whether `pattern` (`a.b`, `*.b` or `*`) is for a host. `*.b` is for `x.b` and `y.x.b`, not for `b`. Without case. */
export function hostMatches(pattern: string, host: string): boolean {
  const [wanted, given] = [pattern.toLowerCase(), host.toLowerCase()];
  if (wanted === '*') return true;
  return wanted.startsWith('*.') ? given.endsWith(wanted.slice(1)) && given !== wanted.slice(1) : given === wanted;
}

/** The pattern that a proxy takes for a host: the exact one, else the longest wildcard. */
export function mostSpecificHost(patterns: readonly string[], host: string): string | undefined {
  const matching = patterns.filter((pattern) => hostMatches(pattern, host));
  const exact = matching.find((pattern) => !pattern.startsWith('*'));
  return exact ?? matching.toSorted((a, b) => b.length - a.length)[0];
}
