import type { DeferUsage } from '../../planner/defer-usage.ts';
import type { PendingPart } from '../incremental-result.ts';
import type { ResponsePath } from '../targets.ts';
import { type DeferredPlace, type FieldsPlace, type ItemsPlace, keyOfPlace } from './deferred-place.ts';
import type { PartOutcome } from './read-part.ts';

/** Fields of one object that are delivered together, or items of one list. */
export type DeferredPart = DeferredPlace & {
  /** The fragments that they are of; delivered with the first that is complete. Items are a fragment of their own. */
  readonly fragments: readonly DeferredFragment[];
  /** In what it was found; undefined: in the first payload. */
  readonly within: DeferredPart | undefined;
  /** Undefined: they are not there yet. */
  outcome: PartOutcome | undefined;
  isDelivered: boolean;
};

/** What the client is told of: a fragment with `@defer` at one place of the response, or the items of a streamed list. */
export interface DeferredFragment {
  readonly path: ResponsePath;
  readonly label: string | undefined;
  /** Undefined: it is items of a list. */
  readonly usage: DeferUsage | undefined;
  readonly parts: DeferredPart[];
  /** How many of them are not there yet. */
  missing: number;
  /** As the client knows it; undefined before it was told of it. */
  pending: PendingPart | undefined;
  /** Once it is one or the other, nothing becomes of it any more. What is in a failed one fails with it, unsaid. */
  end: 'delivered' | 'failed' | undefined;
}

/** All fragments and parts that one response is known to have; more are found in what is delivered. */
export class DeferredParts {
  readonly #fragments = new Map<string, DeferredFragment>();
  readonly #parts = new Map<string, DeferredPart>();
  #ids = 0;

  /** @param within see `DeferredPart` */
  add(place: DeferredPlace, within: DeferredPart | undefined): DeferredPart {
    const fragments = place.kind === 'items' ? [itemsFragment(place)] : this.#fragmentsOf(place);
    const part: DeferredPart = { ...place, fragments, within, outcome: undefined, isDelivered: false };
    for (const fragment of fragments) {
      fragment.parts.push(part);
      fragment.missing++;
    }
    this.#parts.set(partKey(keyOfPlace(place), place.path), part);
    return part;
  }

  /**
   * Whether something is delivered later at that place.
   *
   * @param next where the way leads on from there: of a list, not all items are
   */
  has(key: string, path: ResponsePath, next: string | number | undefined): boolean {
    const part = this.#parts.get(partKey(key, path));
    return part !== undefined && (part.kind === 'fields' || Number(next) >= part.from);
  }

  /** What has become of all that a fragment is in; undefined: something of it is still to come. */
  endAround(fragment: DeferredFragment): DeferredFragment['end'] {
    const [part] = fragment.parts;
    const ends =
      fragment.usage === undefined
        ? [endOf(part?.within)]
        : [this.#endOfOuter(fragment.usage, fragment.path), endOf(listAround(part))];
    if (ends.includes('failed')) return 'failed';
    return ends.includes(undefined) ? undefined : 'delivered';
  }

  announce(fragment: DeferredFragment): PendingPart {
    const { path, label } = fragment;
    fragment.pending = { id: String(this.#ids++), path, label };
    return fragment.pending;
  }

  /** Of the innermost fragment that one is in, and that has something to deliver. */
  #endOfOuter({ parent }: DeferUsage, path: ResponsePath): DeferredFragment['end'] {
    for (let outer = parent; outer !== undefined; outer = outer.parent) {
      const fragment = this.#fragments.get(fragmentKey(outer, upTo(path, outer.depth)));
      if (fragment !== undefined) return fragment.end;
    }
    return 'delivered';
  }

  #fragmentsOf({ fields, path }: FieldsPlace): DeferredFragment[] {
    return fields.group.usages.map((usage) => {
      const at = upTo(path, usage.depth);
      const key = fragmentKey(usage, at);
      const known = this.#fragments.get(key);
      if (known !== undefined) return known;
      const fragment = newFragment(at, usage.label, usage);
      this.#fragments.set(key, fragment);
      return fragment;
    });
  }
}

const itemsFragment = ({ path, label }: ItemsPlace) => newFragment(path, label, undefined);

const newFragment = (
  path: ResponsePath,
  label: string | undefined,
  usage: DeferUsage | undefined,
): DeferredFragment => ({
  ...{ path, label, usage, parts: [], missing: 0 },
  ...{ pending: undefined, end: undefined },
});

/** Of a list that ended before its last item, the items before are delivered. */
function endOf(part: DeferredPart | undefined): DeferredFragment['end'] {
  if (part === undefined || part.isDelivered) return 'delivered';
  return part.fragments.every(({ end }) => end === 'failed') ? 'failed' : undefined;
}

/** The items of a list that a part is in. */
function listAround(part: DeferredPart | undefined): DeferredPart | undefined {
  let around = part?.within;
  while (around !== undefined && around.kind !== 'items') around = around.within;
  return around;
}

const fragmentKey = ({ number }: DeferUsage, path: ResponsePath) => `${number} ${path.join('.')}`;
const partKey = (key: string, path: ResponsePath) => `${key} ${path.join('.')}`;

/** As far as its first so many fields, and the indices behind them. */
function upTo(path: ResponsePath, fields: number): ResponsePath {
  let passed = 0;
  const end = path.findIndex((step) => typeof step === 'string' && ++passed > fields);
  return end === -1 ? path : path.slice(0, end);
}
