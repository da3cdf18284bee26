import {
  type DirectiveNode,
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLOutputType,
  getNamedType,
  type InlineFragmentNode,
  Kind,
  type SelectionSetNode,
} from 'graphql';
import { type CollectedField, MAX_FIELDS } from './collected-field.ts';
import { anyOf, bothOf, type Condition, type Conjunction, conjunctionKey, noneOf } from './conditions.ts';
import type { GroupOf } from './defer-usage.ts';
import type { NormalField, NormalPlace, NormalSelectionSet } from './normal-operation.ts';
import type { PlanField } from './plan-field.ts';
import { PlanningError } from './planning-error.ts';
import { intersection, type SchemaTypes, type TypeSet } from './schema-types.ts';

/** A field, and the conditions with those of the fields above that do not hold for all that is merged with it. */
interface Conditional {
  readonly field: CollectedField;
  readonly when: Conjunction;
}

/** Leads from the canonical operation's response to what the client asked for. */
export class NormalSelection {
  readonly #types: SchemaTypes;
  readonly #planFields: ReadonlyMap<CollectedField, PlanField>;
  /** Below them, the type of an object decides what is selected. */
  readonly typed = new Set<PlanField>();
  /** Filled by who writes the operation: the labels under which a field is written. */
  readonly planLabels = new Map<PlanField, Set<string>>();
  /** Whether anything may be delivered later than what is around it. */
  isDeferred = false;
  readonly #groupOf: GroupOf;
  #count = 0;

  constructor(types: SchemaTypes, planFields: ReadonlyMap<CollectedField, PlanField>, groupOf: GroupOf) {
    this.#types = types;
    this.#planFields = planFields;
    this.#groupOf = groupOf;
  }

  /** @throws PlanningError where fields for single types inside each other become too many combinations */
  root(fields: readonly CollectedField[], type: GraphQLCompositeType): NormalSelectionSet {
    return this.#selection(
      fields.map((field) => ({ field, when: field.when })),
      this.#types.possible(type),
    );
  }

  #selection(fields: readonly Conditional[], possible: TypeSet): NormalSelectionSet {
    const keys = Map.groupBy(fields, ({ field }) => field.responseKey);
    const found = [...keys.values()].flatMap((group) => this.#ofKey(group, possible));
    const positions = new Map(fields.map(({ field }, index) => [field, index]));
    const placed = found.map(({ places, normal }) => ({
      normal,
      places: places.map(({ field, when }) => ({ position: positions.get(field) as number, conditions: when })),
    }));
    placed.sort((a, b) => (a.places[0] as NormalPlace).position - (b.places[0] as NormalPlace).position);
    // Where the first of several can be left out, what is between them comes before.
    const isMoving = placed.some(({ places }) => places.length > 1 && places[0]?.conditions.length !== 0);
    return {
      fields: placed.map(({ normal }) => normal),
      places: isMoving ? placed.map(({ places }) => places) : undefined,
    };
  }

  /** Objects with the field at the same places, and of the same type, have one in common. */
  #ofKey(fields: readonly Conditional[], possible: TypeSet): { places: readonly Conditional[]; normal: NormalField }[] {
    const [only] = fields;
    if (only !== undefined && fields.length === 1) {
      const types = intersection(only.field.types, possible);
      const type = types.size === 0 ? undefined : this.#types.commonType(types, only.field.name);
      const onTypes = types.size === possible.size ? undefined : types;
      if (type !== undefined) return [{ places: fields, normal: this.#field(fields, type, onTypes) }];
    }
    const groups = new Map<string, { types: Set<string>; places: Conditional[]; type: GraphQLOutputType }>();
    for (const object of possible) {
      const places = fields.filter(({ field }) => field.types.has(object));
      const [first] = places;
      if (first === undefined) continue;
      const type = this.#types.typeOn(object, first.field.name) ?? first.field.type;
      const key = `${type} ${places.map((place) => fields.indexOf(place)).join()}`;
      const group = groups.get(key) ?? { types: new Set(), places, type };
      groups.set(key, group);
      group.types.add(object);
    }
    return [...groups.values()].flatMap(({ types, places, type }) =>
      apart(places).map((some) => ({
        places: some,
        normal: this.#field(some, type, types.size === possible.size ? undefined : types),
      })),
    );
  }

  #field(places: readonly Conditional[], type: GraphQLOutputType, onTypes: TypeSet | undefined): NormalField {
    if (++this.#count > MAX_FIELDS) throw new PlanningError('too-large', 'The operation selects too many fields.');
    const [{ field }] = places as [Conditional, ...Conditional[]];
    const conditions = anyOf(places.map(({ when }) => when));
    return {
      responseKey: field.responseKey,
      // Without a field of the plan, it is for introspection.
      planKey: this.#planFields.get(field)?.planKey ?? field.name,
      name: field.name,
      onTypes,
      conditions: conditions[0]?.length === 0 ? undefined : conditions,
      type,
      ...(field.isDenied === true ? DENIED : undefined),
      node: field.name === '__schema' || field.name === '__type' ? mergedNode(places) : field.node,
      selection: field.children && this.#below(places, getNamedType(type) as GraphQLCompositeType),
      ...this.#delivery(field),
      ...this.#streaming(field, places),
    };
  }

  #delivery(field: CollectedField): Pick<NormalField, 'group' | 'planLabels'> | undefined {
    const group = this.#groupOf(field);
    if (group === undefined) return undefined;
    this.isDeferred = true;
    const planField = this.#planFields.get(field);
    if (planField === undefined) return { group };
    const planLabels = this.planLabels.get(planField) ?? new Set<string>();
    this.planLabels.set(planField, planLabels);
    return { group, planLabels };
  }

  #streaming({ stream }: CollectedField, places: readonly Conditional[]): Pick<NormalField, 'stream'> | undefined {
    // It is the same at all of them, but for those of too many.
    if (stream === undefined || !places.every(({ field }) => field.stream)) return undefined;
    this.isDeferred = true;
    return { stream };
  }

  #below(places: readonly Conditional[], type: GraphQLCompositeType): NormalSelectionSet {
    const isSame = new Set(places.map(({ when }) => conjunctionKey(when))).size === 1;
    const children = places.flatMap(({ field, when }) =>
      (field.children ?? []).flatMap((child) => {
        const both = isSame ? child.when : bothOf(when, child.when);
        return both === undefined ? [] : [{ field: child, when: both }];
      }),
    );
    const selection = this.#selection(children, this.#types.possible(type));
    if (selection.fields.some(({ onTypes }) => onTypes !== undefined)) {
      for (const { field } of places) this.typed.add(this.#planFields.get(field) as PlanField);
    }
    return selection;
  }
}

const DENIED = { isDenied: true } as const;

/** What is denied at one of the places is denied: the others count while that one is left out. */
function apart(places: readonly Conditional[]): (readonly Conditional[])[] {
  const denied = places.filter(({ field }) => field.isDenied);
  if (denied.length === 0 || denied.length === places.length) return [places];
  const withhold = denied.map(({ when }) => when);
  const shown = places
    .filter(({ field }) => !field.isDenied)
    .flatMap((place) => noneOf(withhold, place.when).map((when) => ({ ...place, when })));
  return shown.length === 0 ? [denied] : [denied, shown];
}

/** One node with the selections of all, each under its conditions. */
function mergedNode(places: readonly Conditional[]): FieldNode {
  const [{ field }] = places as [Conditional, ...Conditional[]];
  if (places.length === 1) return field.node;
  const selections = places.map(({ field: { node }, when }) =>
    conditional(node.selectionSet as SelectionSetNode, when),
  );
  return { ...field.node, directives: [], selectionSet: { kind: Kind.SELECTION_SET, selections } };
}

const conditional = (set: SelectionSetNode, when: Conjunction): InlineFragmentNode => {
  const [condition, ...others] = when;
  return {
    kind: Kind.INLINE_FRAGMENT,
    directives: condition === undefined ? [] : [directiveOf(condition)],
    selectionSet: others.length === 0 ? set : { kind: Kind.SELECTION_SET, selections: [conditional(set, others)] },
  };
};

const directiveOf = ({ variable, is }: Condition): DirectiveNode => ({
  kind: Kind.DIRECTIVE,
  name: { kind: Kind.NAME, value: is ? 'include' : 'skip' },
  arguments: [
    {
      kind: Kind.ARGUMENT,
      name: { kind: Kind.NAME, value: 'if' },
      value: { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: variable } },
    },
  ],
});
