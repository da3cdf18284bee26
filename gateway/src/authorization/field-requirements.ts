import { getNamedType, isAbstractType } from 'graphql';
import type { CollectedField } from '../planner/collected-field.ts';
import type { SchemaTypes } from '../planner/schema-types.ts';
import type { Requirement } from './requirement.ts';
import type { RequirementTable } from './requirement-table.ts';

/** What is required of those who want to see a field at a place of an operation. */
export class FieldRequirements {
  readonly #table: RequirementTable;
  readonly #types: SchemaTypes;

  constructor(table: RequirementTable, types: SchemaTypes) {
    this.#table = table;
    this.#types = types;
  }

  /**
   * By the type that it is written on, by the field itself, and by the type that it has. On an interface, by the fields
   * of all objects that can be there. Introspection shows the schema to everybody.
   */
  ofField({ parent, name, types }: CollectedField): readonly Requirement[] {
    if (name === '__schema' || name === '__type') return [];
    const ofParent = this.#table.ofType(parent.name);
    if (name === '__typename') return ofParent;
    const owners = isAbstractType(parent) ? [parent.name, ...types] : [parent.name];
    return [...ofParent, ...owners.flatMap((owner) => this.#ofOwner(owner, name))];
  }

  /** By the types of all objects that can be there, where the field is written on an interface of theirs. */
  ofObjects({ parent, name, types }: CollectedField): readonly Requirement[] {
    if (name.startsWith('__') || !isAbstractType(parent)) return [];
    return [...types].flatMap((type) => this.#table.ofType(type));
  }

  #ofOwner(owner: string, field: string): readonly Requirement[] {
    const type = this.#types.typeOn(owner, field);
    const ofValue = type === undefined ? [] : this.#table.ofType(getNamedType(type).name);
    return [...this.#table.ofField(owner, field), ...ofValue];
  }
}
