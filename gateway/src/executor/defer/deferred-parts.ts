import type { PendingPart } from '../../incremental/incremental-result.ts';
import type { DeferUsage } from '../../planner/defer-usage.ts';
import type { ClientError, DeferredPlace } from '../projection-run.ts';
import type { ResponsePath } from '../targets.ts';

/** Fields of one object that are delivered together. */
export interface DeferredPart extends DeferredPlace {
  /** The fragments that they are of; delivered with the first that is complete. */
  readonly fragments: readonly DeferredFragment[];
  /** Undefined: they are not there yet. */
  outcome: { readonly text: string | undefined; readonly errors: readonly ClientError[] } | undefined;
  isDelivered: boolean;
}

/** A fragment with `@defer` at one place of the response. */
export interface DeferredFragment {
  readonly path: ResponsePath;
  readonly usage: DeferUsage;
  readonly parts: DeferredPart[];
  /** How many of them are not there yet. */
  missing: number;
  /** As the client knows it; undefined before it was told of it. */
  pending: PendingPart | undefined;
  /** Once it is one or the other, nothing becomes of it any more. A failed one's inner fragments fail with it, unsaid. */
  end: 'delivered' | 'failed' | undefined;
}

/** All fragments and parts that one response is known to have; more are found in what is delivered. */
export class DeferredParts {
  readonly #fragments = new Map<string, DeferredFragment>();
  readonly #parts = new Map<string, DeferredPart>();
  #ids = 0;

  add(place: DeferredPlace): DeferredPart {
    const usages = place.fields.group.usages;
    const fragments = usages.map((usage) => this.#fragment(usage, upTo(place.path, usage.depth)));
    const part: DeferredPart = { ...place, fragments, outcome: undefined, isDelivered: false };
    for (const fragment of fragments) {
      fragment.parts.push(part);
      fragment.missing++;
    }
    this.#parts.set(partKey(place.fields.group.key, place.path), part);
    return part;
  }

  /** Whether fields are delivered later at that place. */
  has(groupKey: string, path: ResponsePath): boolean {
    return this.#parts.has(partKey(groupKey, path));
  }

  /** The innermost that a fragment is in, and that has something to deliver. */
  around({ usage, path }: DeferredFragment): DeferredFragment | undefined {
    for (let outer = usage.parent; outer !== undefined; outer = outer.parent) {
      const fragment = this.#fragments.get(fragmentKey(outer, upTo(path, outer.depth)));
      if (fragment !== undefined) return fragment;
    }
    return undefined;
  }

  announce(fragment: DeferredFragment): PendingPart {
    const { path, usage } = fragment;
    fragment.pending = { id: String(this.#ids++), path, label: usage.label };
    return fragment.pending;
  }

  #fragment(usage: DeferUsage, path: ResponsePath): DeferredFragment {
    const key = fragmentKey(usage, path);
    const known = this.#fragments.get(key);
    if (known !== undefined) return known;
    const fragment = { path, usage, parts: [], missing: 0, pending: undefined, end: undefined };
    this.#fragments.set(key, fragment);
    return fragment;
  }
}

const fragmentKey = ({ number }: DeferUsage, path: ResponsePath) => `${number} ${path.join('.')}`;
const partKey = (groupKey: string, path: ResponsePath) => `${groupKey} ${path.join('.')}`;

/** As far as its first so many fields, and the indices behind them. */
function upTo(path: ResponsePath, fields: number): ResponsePath {
  let passed = 0;
  const end = path.findIndex((step) => typeof step === 'string' && ++passed > fields);
  return end === -1 ? path : path.slice(0, end);
}
