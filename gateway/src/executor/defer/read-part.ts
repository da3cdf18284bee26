import { errorCatalogue } from '@tributary/service-kit';
import type { ClientError, ProjectionRun } from '../projection-run.ts';
import type { ResponsePath } from '../targets.ts';
import type { DeferredPlace, ItemsPlace } from './deferred-place.ts';

/** What a part came to. */
export interface PartOutcome {
  /** JSON text of the object, or of the list of the items; undefined: there is nothing to deliver. */
  readonly text: string | undefined;
  /** Told with it. */
  readonly errors: readonly ClientError[];
  /** Why there is nothing, or no more; `index` says of a list at which item. Undefined: all of it is there. */
  readonly failure: { readonly errors: readonly ClientError[]; readonly index?: number } | undefined;
}

interface Reading {
  readonly text: string | undefined;
  /** Of the item that is null and may not be. */
  readonly index?: number;
}

/** Writes a part, of which all is there. What is found in it for later is left with the pass. */
export function readPart(place: DeferredPlace, pass: ProjectionRun): Reading {
  pass.path = [...place.path];
  pass.later = place.later;
  return place.kind === 'fields' ? { text: place.fields.emit(place.object, pass) } : readItems(place, pass);
}

/** @param errors all of the part */
export function outcomeOf(
  place: DeferredPlace,
  { text, index }: Reading,
  errors: readonly ClientError[],
  pass: ProjectionRun,
): PartOutcome {
  if (text !== undefined && index === undefined) return { text, errors, failure: undefined };
  const inItem = ({ path }: ClientError) => Number(path?.[place.path.length] ?? -1);
  // Of what would have come behind the item, nothing is said.
  const told = index === undefined ? errors : errors.filter((error) => inItem(error) <= index);
  const isOfText = (error: ClientError) => text !== undefined && inItem(error) !== index;
  const ofText = told.filter(isOfText);
  const why = told.filter((error) => !isOfText(error));
  const failure = { errors: why.length > 0 ? why : [whyNot(place, pass)], ...(index !== undefined && { index }) };
  return { text, errors: ofText, failure };
}

function readItems({ items, from, emit }: ItemsPlace, pass: ProjectionRun): Reading {
  const texts: string[] = [];
  for (let index = from; index < items.length; index++) {
    const before = pass.deferred.length;
    const text = emit(items[index], pass, index);
    if (text === undefined) {
      pass.deferred.length = before;
      return { text: texts.length === 0 ? undefined : `[${texts}]`, index };
    }
    texts.push(text);
  }
  return { text: `[${texts}]` };
}

/** Of one of many places that failed together, of which only the first were told. */
function whyNot(place: DeferredPlace, pass: ProjectionRun): ClientError {
  const { message } = errorCatalogue.SUBGRAPH_RESPONSE_INVALID;
  const like = pass.given.find(({ path }) => isLike(place, path));
  return { message: like?.message ?? message, code: like?.code ?? 'SUBGRAPH_RESPONSE_INVALID', path: place.path };
}

function isLike(place: DeferredPlace, path: ResponsePath | undefined): boolean {
  if (place.kind === 'items') return path !== undefined && place.path.every((step, index) => path[index] === step);
  return place.fields.keys.has(String(path?.findLast((step) => typeof step === 'string')));
}
