import {
  type FieldNode,
  type GraphQLObjectType,
  getArgumentValues,
  getNamedType,
  isObjectType,
  type SelectionSetNode,
} from 'graphql';
import { stableJson } from './stable-json.ts';

/** Finds objects where a field is required with some arguments, and asked for or required with others as well. */
export class RequiresConflicts {
  /** Arguments as text, by the object's place and the field. */
  readonly #asked = new Map<string, Set<string>>();
  readonly #required = new Map<string, Set<string>>();

  ask(place: string, field: string, args: object): void {
    add(this.#asked, `${place} ${field}`, stableJson(args));
  }

  require(place: string, type: GraphQLObjectType, selection: SelectionSetNode): void {
    for (const node of selection.selections as readonly FieldNode[]) {
      const field = type.getFields()[node.name.value];
      if (field === undefined) continue;
      add(this.#required, `${place} ${field.name}`, stableJson(getArgumentValues(field, node)));
      const below = getNamedType(field.type);
      const placeBelow = place === '' ? field.name : `${place}.${field.name}`;
      if (isObjectType(below) && node.selectionSet !== undefined) this.require(placeBelow, below, node.selectionSet);
    }
  }

  get any(): boolean {
    return [...this.#required].some(([key, required]) => required.union(this.#asked.get(key) ?? new Set()).size > 1);
  }
}

const add = (to: Map<string, Set<string>>, key: string, value: string) =>
  to.set(key, (to.get(key) ?? new Set()).add(value));
