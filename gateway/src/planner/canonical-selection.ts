import { type GraphQLCompositeType, getNamedType, isObjectType, TypeNameMetaFieldDef } from 'graphql';
import { type CollectedField, fetchedOf } from './collected-field.ts';
import { ALWAYS, type Conjunction, conjunctionKey } from './conditions.ts';
import type { DeferGroup } from './defer-usage.ts';
import { anyOfPlaces, type PlanField, type Selected, shapeOf } from './plan-field.ts';
import { intersection, isSubset, type SchemaTypes } from './schema-types.ts';

/** A field as it is written: under a type condition, or on the type of the selection set itself. */
interface Entry {
  readonly condition: string | undefined;
  readonly name: string;
  readonly text: string;
  readonly when: Conjunction;
  /** It is there whatever object and variables there are. */
  readonly isCertain: boolean;
  readonly field: PlanField | undefined;
  /** Where it is not delivered with what is around it. */
  readonly group: DeferGroup | undefined;
}

interface Piece extends Selected {
  readonly children: readonly CollectedField[];
}

/** Writes the selection sets of a canonical operation. */
export class CanonicalSelection {
  readonly #types: SchemaTypes;
  readonly #planFields: ReadonlyMap<CollectedField, PlanField>;
  readonly #typed: ReadonlySet<PlanField>;
  readonly #planLabels: ReadonlyMap<PlanField, Set<string>>;
  #labels = 0;
  /** Of the conditions that are written. */
  readonly variables = new Set<string>();

  /**
   * @param typed Below them, the type of an object decides what the client gets.
   * @param planLabels Where the labels are kept of the fields that are delivered later
   */
  constructor(
    types: SchemaTypes,
    planFields: ReadonlyMap<CollectedField, PlanField>,
    typed: ReadonlySet<PlanField>,
    planLabels: ReadonlyMap<PlanField, Set<string>>,
  ) {
    this.#types = types;
    this.#planFields = planFields;
    this.#typed = typed;
    this.#planLabels = planLabels;
  }

  /** Of an operation. One that is executed serially keeps the order of its fields. */
  root(fields: readonly CollectedField[], type: GraphQLCompositeType, isSerial: boolean): string {
    if (!isSerial) return this.#braces(this.#entries(fields, type, undefined));
    return this.#braces(fields.flatMap((field) => this.#entries([field], type, undefined)));
  }

  /** An object is there even where nothing else of it is selected. */
  #below(fields: readonly CollectedField[], type: GraphQLCompositeType, field: PlanField): string {
    const entries = this.#entries(fields, type, field.group);
    if (!this.#typed.has(field) && entries.some(({ isCertain }) => isCertain)) return this.#braces(entries);
    return this.#braces([TYPENAME, ...entries.filter(({ name }) => name !== TYPENAME.name)]);
  }

  #entries(fields: readonly CollectedField[], type: GraphQLCompositeType, around: DeferGroup | undefined): Entry[] {
    const groups = Map.groupBy(fields, (field) => this.#planFields.get(field) as PlanField);
    const entries = [...groups]
      .sort(([a], [b]) => a.index - b.index)
      .flatMap(([planField, group]) =>
        piecesOf(planField, group, this.#types).flatMap((piece) =>
          this.#piece(planField, piece, shapeOf((group[0] as CollectedField).type), type, around),
        ),
      );
    // The sort is stable: under one condition they stay in their order.
    return entries.sort((a, b) => compare(a.condition ?? '', b.condition ?? ''));
  }

  #piece(
    field: PlanField,
    piece: Piece,
    shape: string,
    type: GraphQLCompositeType,
    around: DeferGroup | undefined,
  ): Entry[] {
    const { name } = field;
    const group = field.group === around ? undefined : field.group;
    const { when } = piece;
    const possible = this.#types.possible(type);
    const wanted = intersection(piece.types, possible);
    if (wanted.size === 0) return [];
    const isFit = (condition: GraphQLCompositeType) => {
      const own = this.#types.fieldOf(condition, name);
      return own !== undefined && shapeOf(own.type) === shape;
    };
    const isPlain = isSubset(possible, wanted) && (isFit(type) || isObjectType(type));
    const conditions = isPlain ? [type] : this.#types.conditionsFor(wanted, possible, isFit);
    return conditions.map((condition) => {
      // Where an object's own field says more than it may under this key, it is selected as its interface's.
      const on = isFit(condition) ? condition : this.#types.abstractWith(condition, isFit);
      const text = this.#field(field, on, piece);
      return {
        condition: condition === type ? undefined : condition.name,
        ...{ name, when, field, group },
        text: on === condition ? text : `...on ${on}{${text}}`,
        isCertain: isPlain && when.length === 0 && group === undefined,
      };
    });
  }

  #field(field: PlanField, on: GraphQLCompositeType, { when, children }: Piece): string {
    const { planKey, name, suffix, isLeaf } = field;
    const type = this.#types.fieldOf(on, name)?.type;
    if (type === undefined) throw new Error(`${on} has no field ${name}`);
    const named = getNamedType(type) as GraphQLCompositeType;
    const below = isLeaf ? '' : this.#below(children, named, field);
    return conditional(`${planKey === name ? '' : `${planKey}:`}${name}${suffix}`, when, below);
  }

  #braces(entries: readonly Entry[]): string {
    if (!entries.some(({ group }) => group !== undefined)) return `{${this.#selections(entries)}}`;
    const later = [...Map.groupBy(entries, ({ group }) => group)].flatMap(([group, own]) =>
      group === undefined ? [] : [this.#deferred(own)],
    );
    return `{${[this.#selections(entries.filter(({ group }) => group === undefined)), ...later].join(' ').trim()}}`;
  }

  /** The planner tells them apart by their labels. */
  #deferred(entries: readonly Entry[]): string {
    const label = `d${++this.#labels}`;
    for (const { field } of entries) if (field !== undefined) this.#planLabels.get(field)?.add(label);
    return `...@defer(label:"${label}"){${this.#selections(entries)}}`;
  }

  #selections(entries: readonly Entry[]): string {
    const groups = Map.groupBy(entries, ({ condition }) => condition);
    const texts = [...groups].map(([condition, group]) => {
      const text = group.map((entry) => entry.text).join(' ');
      return condition === undefined ? text : `...on ${condition}{${text}}`;
    });
    for (const { when } of entries) for (const { variable } of when) this.variables.add(variable);
    return texts.join(' ');
  }
}

const TYPENAME: Entry = {
  condition: undefined,
  name: TypeNameMetaFieldDef.name,
  text: TypeNameMetaFieldDef.name,
  when: ALWAYS,
  isCertain: true,
  field: undefined,
  group: undefined,
};

/** Where and when a field is written. One with a selection is written once for each place that has another. */
function piecesOf({ isLeaf }: PlanField, fields: readonly CollectedField[], types: SchemaTypes): Piece[] {
  if (isLeaf) return anyOfPlaces(fields).map((place) => ({ ...place, children: [] }));
  const places = Map.groupBy(fields, ({ types: objects, when }) => `${conjunctionKey(when)} ${types.keyOf(objects)}`);
  return [...places]
    .sort(([a], [b]) => compare(a, b))
    .map(([, group]) => ({
      ...(group[0] as CollectedField),
      children: group.flatMap(({ children = [] }) => fetchedOf(children)),
    }));
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** The directives can be on a field once: what more there is stands around it. */
function conditional(field: string, when: Conjunction, below: string): string {
  const skip = when.filter(({ is }) => !is);
  const include = when.filter(({ is }) => is);
  let text = `${field}${directives(skip[0], include[0])}${below}`;
  for (let index = 1; index < Math.max(skip.length, include.length); index++) {
    text = `...${directives(skip[index], include[index])}{${text}}`;
  }
  return text;
}

const directives = (skip: Conjunction[number] | undefined, include: Conjunction[number] | undefined) =>
  `${skip === undefined ? '' : `@skip(if:$${skip.variable})`}${include === undefined ? '' : `@include(if:$${include.variable})`}`;
