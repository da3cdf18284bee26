import {
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  GraphQLIncludeDirective,
  type GraphQLOutputType,
  GraphQLSkipDirective,
  getNamedType,
  isCompositeType,
  Kind,
  print,
  type SelectionSetNode,
  stripIgnoredCharacters,
} from 'graphql';
import { type ArgumentText, argumentText, variablesIn } from './argument-text.ts';
import { ALWAYS, bothOf, type Conjunction } from './conditions.ts';
import { PlanningError } from './planning-error.ts';
import { intersection, type SchemaTypes, type TypeSet } from './schema-types.ts';

/** A field at one place of the client's document, fragments written out. */
export interface CollectedField {
  readonly responseKey: string;
  readonly name: string;
  /** The objects of which it is selected there; never none. */
  readonly types: TypeSet;
  readonly when: Conjunction;
  readonly arguments: ArgumentText;
  /** Of the graph's own; `@skip` and `@include` are in `when`. Those on fragments say nothing to a gateway. */
  readonly directives: string;
  /** In the directives. */
  readonly variables: readonly string[];
  readonly node: FieldNode;
  /** Of the type that it is written on. */
  readonly type: GraphQLOutputType;
  /** Undefined for leaves and introspection. */
  readonly children: readonly CollectedField[] | undefined;
  /** The type that it is written on. */
  readonly parent: GraphQLCompositeType;
  /** The caller may not see it: it is null, and not fetched. */
  readonly isDenied?: boolean;
}

/** Those that are asked of subgraphs. */
export const fetchedOf = (fields: readonly CollectedField[]): readonly CollectedField[] =>
  fields.some(isWithheld) ? fields.filter((field) => !isWithheld(field)) : fields;

const isWithheld = ({ isDenied = false }: CollectedField) => isDenied;

/** Fields at the places of one operation, and on what may be there. More is refused: it is the client that pays. */
export const MAX_FIELDS = 10_000;

interface Place {
  readonly parent: GraphQLCompositeType;
  readonly types: TypeSet;
  readonly when: Conjunction;
}

/** GraphQL, 6.3.2 "CollectFields", for all objects and variables at once. */
export class FieldCollector {
  readonly #types: SchemaTypes;
  readonly #fragments = new Map<string, FragmentDefinitionNode>();
  #visited = 0;

  constructor(types: SchemaTypes, document: DocumentNode) {
    this.#types = types;
    for (const node of document.definitions) {
      if (node.kind === Kind.FRAGMENT_DEFINITION) this.#fragments.set(node.name.value, node);
    }
  }

  /** @throws PlanningError for too many of them */
  collect(root: SelectionSetNode, parent: GraphQLCompositeType): CollectedField[] {
    return this.#collect(root, { parent, types: this.#types.possible(parent), when: ALWAYS });
  }

  #collect(set: SelectionSetNode, place: Place): CollectedField[] {
    return set.selections.flatMap((selection) => {
      if (++this.#visited > MAX_FIELDS) throw new PlanningError('too-large', 'The operation selects too many fields.');
      const when = withDirectives(place.when, selection.directives ?? []);
      if (when === undefined) return [];
      if (selection.kind === Kind.FIELD) return [this.#field(selection, { ...place, when })];
      const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : this.#fragment(selection.name.value);
      const condition = fragment.typeCondition?.name.value;
      const parent = condition === undefined ? place.parent : this.#types.composite(condition);
      const types = intersection(place.types, this.#types.possible(parent));
      return types.size === 0 ? [] : this.#collect(fragment.selectionSet, { parent, types, when });
    });
  }

  #fragment(name: string): FragmentDefinitionNode {
    const fragment = this.#fragments.get(name);
    if (fragment === undefined) throw new Error(`there is no fragment ${name}`);
    return fragment;
  }

  #field(node: FieldNode, { parent, types, when }: Place): CollectedField {
    const name = node.name.value;
    const definition = this.#types.fieldOf(parent, name);
    if (definition === undefined) throw new Error(`${parent.name} has no field ${name}`);
    const named = getNamedType(definition.type);
    const isLeaf = !isCompositeType(named) || name.startsWith('__');
    const below = isLeaf ? undefined : node.selectionSet;
    const directives = (node.directives ?? []).filter(({ name }) => !CONDITIONAL.has(name.value));
    return {
      responseKey: (node.alias ?? node.name).value,
      ...{ name, types, when, node, parent },
      arguments: argumentText(node.arguments ?? [], definition.args),
      directives: directiveText(directives),
      variables: directives.flatMap(variablesIn),
      type: definition.type,
      children: below && this.#collect(below, this.#below(types, name, named as GraphQLCompositeType)),
    };
  }

  /** What can be there in the field of objects of `types`: theirs may say more than the interface's. */
  #below(types: TypeSet, field: string, parent: GraphQLCompositeType): Place {
    const possible = this.#types.possible(parent);
    if (possible.size === 1) return { parent, types: possible, when: ALWAYS };
    const below = new Set<string>();
    for (const type of types) {
      const named = getNamedType(this.#types.typeOn(type, field) ?? parent) as GraphQLCompositeType;
      for (const name of this.#types.possible(named)) below.add(name);
    }
    return { parent, types: intersection(possible, below), when: ALWAYS };
  }
}

const CONDITIONAL = new Set([GraphQLSkipDirective.name, GraphQLIncludeDirective.name]);

const directiveText = (directives: readonly DirectiveNode[]): string =>
  stripIgnoredCharacters(directives.map(print).join(' '));

/** Undefined when they cannot hold. */
function withDirectives(when: Conjunction, directives: readonly DirectiveNode[]): Conjunction | undefined {
  return directives.reduce<Conjunction | undefined>((conditions, { name, arguments: given }) => {
    if (conditions === undefined || !CONDITIONAL.has(name.value)) return conditions;
    const is = name.value === GraphQLIncludeDirective.name;
    const value = given?.find((argument) => argument.name.value === 'if')?.value;
    if (value?.kind === Kind.VARIABLE) return bothOf(conditions, [{ variable: value.name.value, is }]);
    return value?.kind === Kind.BOOLEAN && value.value !== is ? undefined : conditions;
  }, when);
}
