import type { ChangeClass } from '../diff/change-kinds.ts';

/** What the next version has to be, at least (Semantic Versioning 2.0.0). */
export type SemverStep = 'major' | 'minor' | 'patch' | 'none';

const ORDER: readonly SemverStep[] = ['none', 'patch', 'minor', 'major'];

/** Of all changes together. Only what clients see counts. */
export function stepFor(changes: readonly { class: ChangeClass; code: string; reachesClients: boolean }[]): SemverStep {
  return changes.reduce<SemverStep>((step, change) => {
    if (!change.reachesClients) return step;
    return larger(step, stepOf(change));
  }, 'none');
}

function stepOf({ class: kind, code }: { class: ChangeClass; code: string }): SemverStep {
  if (kind === 'breaking') return 'major';
  return code === 'DESCRIPTION_CHANGED' || code === 'DEPRECATION_REASON_CHANGED' ? 'patch' : 'minor';
}

export const larger = (one: SemverStep, other: SemverStep): SemverStep =>
  ORDER.indexOf(one) >= ORDER.indexOf(other) ? one : other;

/** Which step leads from one version to another; undefined where it goes back. */
export function stepBetween(before: string, after: string): SemverStep | undefined {
  const [old, now] = [before, after].map((version) => version.split('.').map(Number)) as [number[], number[]];
  for (const [index, step] of (['major', 'minor', 'patch'] as const).entries()) {
    const [was = 0, is = 0] = [old[index], now[index]];
    if (is !== was) return is > was ? step : undefined;
  }
  return 'none';
}

export const isSmaller = (step: SemverStep, than: SemverStep): boolean => ORDER.indexOf(step) < ORDER.indexOf(than);
