import type { FetchDataRewrite } from '@apollo/query-planner';
import type { SupergraphTypes } from '../supergraph/supergraph-types.ts';
import { isTreeObject, type TreeObject } from './response-tree.ts';

/** Changes an object in place, as the planner wants it before it is sent, or after it has come. */
export type Rewrite = (value: TreeObject) => void;

const ON_TYPE = '... on ';

/** Undefined when there is nothing to rewrite. */
export function compileRewrites(
  rewrites: readonly FetchDataRewrite[] | undefined,
  types: SupergraphTypes,
): Rewrite | undefined {
  if (rewrites === undefined || rewrites.length === 0) return undefined;
  const compiled = rewrites.map((rewrite) => compileRewrite(rewrite, types));
  return (value) => {
    for (const rewrite of compiled) rewrite(value);
  };
}

/** What the fields are called in the end that a fetch has under other names. */
export function renamedKeys(rewrites: readonly FetchDataRewrite[] | undefined): ReadonlyMap<unknown, string> {
  const renamed = new Map<unknown, string>();
  for (const rewrite of rewrites ?? [])
    if (rewrite.kind === 'KeyRenamer') renamed.set(rewrite.path.at(-1), rewrite.renameKeyTo);
  return renamed;
}

function compileRewrite(rewrite: FetchDataRewrite, types: SupergraphTypes): Rewrite {
  const way = rewrite.path.slice(0, -1);
  const last = rewrite.path.at(-1) ?? '';
  const change =
    rewrite.kind === 'ValueSetter'
      ? (object: TreeObject) => {
          object[last] = rewrite.setValueTo;
        }
      : (object: TreeObject) => {
          if (object[last] === undefined) return;
          object[rewrite.renameKeyTo] = object[last];
          delete object[last];
        };
  return (value) => follow(value, way, 0, change, types);
}

function follow(value: unknown, way: readonly string[], index: number, change: Rewrite, types: SupergraphTypes): void {
  if (Array.isArray(value)) {
    for (const item of value) follow(item, way, index, change, types);
    return;
  }
  if (!isTreeObject(value)) return;
  const part = way[index];
  if (part === undefined) change(value);
  else if (!part.startsWith(ON_TYPE)) follow(value[part], way, index + 1, change, types);
  else if (isOn(value, part.slice(ON_TYPE.length), types)) follow(value, way, index + 1, change, types);
}

/** Without a type name it is taken to be of the type: nothing else could stand there. */
const isOn = ({ __typename: name }: TreeObject, condition: string, types: SupergraphTypes) =>
  typeof name !== 'string' || types.includes(condition, name);
