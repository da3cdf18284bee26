import { Kind, type SelectionSetNode } from 'graphql';
import type { SupergraphTypes } from '../supergraph/supergraph-types.ts';

/** A field that a fetch asks for, of the objects that it is about. */
export interface SelectedField {
  readonly key: string;
  /** It is asked for of objects that are of all of these types. */
  readonly onTypes: readonly string[];
}

/** Without `__typename`, which nobody misses. */
export function selectedFields({ selections }: SelectionSetNode, onTypes: readonly string[] = []): SelectedField[] {
  return selections.flatMap((selection): SelectedField[] => {
    if (selection.kind === Kind.FIELD) {
      const key = (selection.alias ?? selection.name).value;
      return key === '__typename' ? [] : [{ key, onTypes }];
    }
    if (selection.kind !== Kind.INLINE_FRAGMENT) throw new Error('a fetch with named fragments');
    const type = selection.typeCondition?.name.value;
    return selectedFields(selection.selectionSet, type === undefined ? onTypes : [...onTypes, type]);
  });
}

/** The keys that are asked for of an object of the type `name`; of all types where it is not known. */
export function keysOn(fields: readonly SelectedField[], name: unknown, types: SupergraphTypes): string[] {
  const applies = ({ onTypes }: SelectedField) =>
    typeof name !== 'string' || onTypes.every((condition) => types.includes(condition, name));
  return [...new Set(fields.filter(applies).map(({ key }) => key))];
}
