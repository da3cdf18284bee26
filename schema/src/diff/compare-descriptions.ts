import type { Change } from './change.ts';

interface Described {
  readonly description?: string | null | undefined;
  readonly deprecationReason?: string | null | undefined;
}

/** Of anything that has a description and may be deprecated. */
export function* compareDescriptions(coordinate: string, was: Described, is: Described): Generator<Change> {
  if ((was.description ?? '') !== (is.description ?? '')) {
    const what = !is.description ? 'is removed' : was.description ? 'is another one' : 'is added';
    yield { code: 'DESCRIPTION_CHANGED', coordinate, message: `The description of ${coordinate} ${what}.`, uses: [] };
  }
  const [old, now] = [was.deprecationReason ?? undefined, is.deprecationReason ?? undefined];
  if (old === now) return;
  if (old === undefined) {
    yield { code: 'DEPRECATION_ADDED', coordinate, message: `${coordinate} is deprecated: ${now}`, uses: [coordinate] };
  } else if (now === undefined) {
    const message = `${coordinate} is no longer deprecated.`;
    yield { code: 'DEPRECATION_REMOVED', coordinate, message, uses: [coordinate] };
  } else {
    const message = `${coordinate} is deprecated for another reason: ${now}`;
    yield { code: 'DEPRECATION_REASON_CHANGED', coordinate, message, uses: [] };
  }
}
