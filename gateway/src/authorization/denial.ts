import type { CollectedField } from '../planner/collected-field.ts';
import { bothOf, type Conjunction } from '../planner/conditions.ts';
import type { FieldRequirements } from './field-requirements.ts';
import type { Requirement, SecurityDirective } from './requirement.ts';

/** A field that the caller may not see, where the conditions hold. */
export interface DeniedField {
  readonly coordinate: string;
  readonly directive: SecurityDirective;
  /** In the client's keys, without the indices of lists. */
  readonly path: readonly string[];
  readonly when: Conjunction;
}

interface Place {
  readonly path: readonly string[];
  readonly when: Conjunction;
}

const ROOT: Place = { path: [], when: [] };

/** What of one operation those may not see who do not meet certain requirements. They share its plan, and nobody else. */
export class Denial {
  readonly fields: readonly DeniedField[];
  readonly #requirements: FieldRequirements;
  readonly #unmet: ReadonlySet<Requirement>;

  constructor(operation: readonly CollectedField[], requirements: FieldRequirements, unmet: ReadonlySet<Requirement>) {
    this.#requirements = requirements;
    this.#unmet = unmet;
    const fields: DeniedField[] = [];
    this.#mark(operation, ROOT, fields);
    this.fields = fields;
  }

  /** The operation's fields, those marked that are denied. What is below them is left out. */
  readonly withhold = (operation: readonly CollectedField[]): readonly CollectedField[] =>
    this.#mark(operation, ROOT, []);

  /** Those that are selected with these variables. */
  selected(variables: Readonly<Record<string, unknown>>): readonly DeniedField[] {
    return this.fields.filter(({ when }) => when.every(({ variable, is }) => variables[variable] === is));
  }

  #mark(fields: readonly CollectedField[], place: Place, denied: DeniedField[]): readonly CollectedField[] {
    return fields.map((field) => {
      const { children, parent, name, responseKey } = field;
      const path = [...place.path, responseKey];
      // What contradicts the conditions around it is never selected.
      const when = bothOf(place.when, field.when);
      const why = this.#reason(field, place);
      if (why !== undefined) {
        if (when !== undefined) denied.push({ coordinate: `${parent.name}.${name}`, directive: why, path, when });
        return { ...field, children: undefined, isDenied: true };
      }
      return children === undefined
        ? field
        : { ...field, children: this.#mark(children, { path, when: when ?? place.when }, denied) };
    });
  }

  /** By which directive. Objects of which some may not be seen at all are denied as a whole, by the field that has them. */
  #reason(field: CollectedField, place: Place): SecurityDirective | undefined {
    const required = [
      ...this.#requirements.ofField(field),
      ...(place === ROOT ? this.#requirements.ofObjects(field) : []),
      ...(field.children ?? []).flatMap((child) => this.#requirements.ofObjects(child)),
    ];
    return required.find((requirement) => this.#unmet.has(requirement))?.directive;
  }
}
