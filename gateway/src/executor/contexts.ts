import type { FetchDataRewrite } from '@apollo/query-planner';
import type { SupergraphTypes } from '../supergraph/supergraph-types.ts';
import type { EntitySlot } from './entity-place.ts';
import { anyText } from './leaf-values.ts';
import type { PathStep } from './plan-steps.ts';
import { isTreeObject, type TreeObject } from './response-tree.ts';
import { type ItemRanges, typeTest } from './targets.ts';

/** An object, and what arguments of its fields take from objects above it (`@fromContext`), as JSON members. */
export interface InContext {
  readonly object: TreeObject;
  readonly values: readonly (readonly [variable: string, json: string])[];
}

/** The objects at a path, each with the contexts of the place where it is met first. */
export type CollectInContext = (root: TreeObject, ranges?: ItemRanges) => InContext[];

export function compileContexts(
  path: readonly PathStep[],
  rewrites: readonly FetchDataRewrite[],
  types: SupergraphTypes,
): CollectInContext {
  const fits = path.map(({ onTypes }) => typeTest(onTypes, types));
  const readers = rewrites.flatMap((rewrite) =>
    rewrite.kind === 'KeyRenamer' ? [{ variable: rewrite.renameKeyTo, read: contextReader(rewrite.path, types) }] : [],
  );
  return (root, ranges) => {
    const found = new Map<TreeObject, InContext>();
    const visit = (value: unknown, depth: number, above: readonly TreeObject[]): void => {
      if (Array.isArray(value)) {
        for (const item of value) visit(item, depth, above);
        return;
      }
      if (!isTreeObject(value) || !(fits[depth - 1]?.(value) ?? true)) return;
      const step = path[depth];
      if (step !== undefined) {
        const inner = value[step.key];
        const range = Array.isArray(inner) ? ranges?.[depth + 1] : undefined;
        const visited = range === undefined ? inner : (inner as unknown[]).slice(range.from, range.to);
        visit(visited, depth + 1, [...above, value]);
        return;
      }
      if (found.has(value)) return;
      const values = new Map<string, string>();
      for (const { variable, read } of readers) {
        const text = anyText(read(above));
        if (text !== undefined) values.set(variable, text);
      }
      found.set(value, { object: value, values: [...values] });
    };
    visit(root, 0, []);
    return [...found.values()];
  };
}

/** `['..', '... on Shop', 'currency']`: of the object above, if it is of the type. */
function contextReader(path: readonly string[], types: SupergraphTypes): (above: readonly TreeObject[]) => unknown {
  const levels = path.filter((part) => part === '..').length;
  const way = path.slice(levels);
  return (above) => {
    let value: unknown = above.at(-levels);
    for (const part of way) {
      if (!isTreeObject(value)) return undefined;
      const condition = /^\.\.\. on (.*)$/.exec(part)?.[1];
      if (condition === undefined) value = value[part];
      else if (!types.includes(condition, String(value.__typename))) return undefined;
    }
    return value;
  };
}

/** Slots with variables of their own, so that one request can ask in several contexts: one for each slot and values. */
export class BoundSlots {
  readonly #bound = new Map<EntitySlot, Map<string, EntitySlot>>();
  #count = 0;

  of(slot: EntitySlot, values: InContext['values']): EntitySlot {
    const key = values.join();
    const ofSlot = this.#bound.get(slot) ?? new Map<string, EntitySlot>();
    this.#bound.set(slot, ofSlot);
    const bound = ofSlot.get(key) ?? boundSlot(slot, values, this.#count++);
    ofSlot.set(key, bound);
    return bound;
  }
}

function boundSlot(slot: EntitySlot, values: InContext['values'], number: number): EntitySlot {
  const rename = (text: string) =>
    values.reduce((renamed, [variable]) => renamed.replaceAll(`$${variable}`, `$${variable}_${number}`), text);
  const given = new Set(values.map(([variable]) => variable));
  return {
    ...slot,
    selection: rename(slot.selection),
    definitions: slot.definitions.map(rename),
    variables: slot.variables.filter((name) => !given.has(name)),
    bound: values.map(([variable, json]) => `"${variable}_${number}":${json}`),
    isRepeated: false,
  };
}
