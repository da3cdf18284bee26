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
import type { DeferUsage } from './defer-usage.ts';
import { PlanningError } from './planning-error.ts';
import { intersection, type SchemaTypes, type TypeSet } from './schema-types.ts';
import type { StreamUsage } from './stream-usage.ts';

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
  /** The innermost deferred fragment that it stands in. */
  readonly defer?: DeferUsage;
  /** It is a list, of which the client takes the items in parts. */
  readonly stream?: StreamUsage;
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
  readonly defer: DeferUsage | undefined;
  /** Fields on the way. */
  readonly depth: number;
}

/** Of the variables of `@defer(if:)` and `@stream(if:)`, those by which they are on. */
export type DeferredWhen = ReadonlySet<string>;

/** GraphQL, 6.3.2 "CollectFields", for all objects and variables at once. */
export class FieldCollector {
  readonly #types: SchemaTypes;
  readonly #fragments = new Map<string, FragmentDefinitionNode>();
  readonly #deferredWhen: DeferredWhen | undefined;
  #visited = 0;
  #usages = 0;
  #streams = 0;

  /** @param deferredWhen Undefined: `@defer` and `@stream` are nothing to it. */
  constructor(types: SchemaTypes, document: DocumentNode, deferredWhen?: DeferredWhen) {
    this.#types = types;
    this.#deferredWhen = deferredWhen;
    for (const node of document.definitions) {
      if (node.kind === Kind.FRAGMENT_DEFINITION) this.#fragments.set(node.name.value, node);
    }
  }

  /** @throws PlanningError for too many of them */
  collect(root: SelectionSetNode, parent: GraphQLCompositeType): CollectedField[] {
    const types = this.#types.possible(parent);
    return this.#collect(root, { parent, types, when: ALWAYS, defer: undefined, depth: 0 });
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
      if (types.size === 0) return [];
      const defer = this.#deferOf(selection.directives ?? [], place);
      return this.#collect(fragment.selectionSet, { parent, types, when, defer, depth: place.depth });
    });
  }

  #deferOf(directives: readonly DirectiveNode[], { defer: parent, depth }: Place): DeferUsage | undefined {
    const directive = this.#directiveOn(directives, DEFER);
    if (directive === undefined) return parent;
    return { label: labelOf(directive), parent, depth, number: this.#usages++ };
  }

  #streamOf(directives: readonly DirectiveNode[]): StreamUsage | undefined {
    const directive = this.#directiveOn(directives, STREAM);
    if (directive === undefined) return undefined;
    this.#streams++;
    const count = argumentOf(directive, 'initialCount');
    const number = count?.kind === Kind.INT ? Number(count.value) : 0;
    const initialCount = count?.kind === Kind.VARIABLE ? { variable: count.name.value } : number;
    return { label: labelOf(directive), initialCount };
  }

  /** Undefined where it is off, or there are too many. */
  #directiveOn(directives: readonly DirectiveNode[], named: string): DirectiveNode | undefined {
    if (this.#deferredWhen === undefined || directives.length === 0) return undefined;
    const directive = directives.find(({ name }) => name.value === named);
    if (directive === undefined || this.#usages + this.#streams >= MAX_DEFERRED) return undefined;
    const condition = argumentOf(directive, 'if');
    const isOn =
      condition?.kind === Kind.VARIABLE
        ? this.#deferredWhen.has(condition.name.value)
        : condition?.kind !== Kind.BOOLEAN || condition.value;
    return isOn ? directive : undefined;
  }

  #fragment(name: string): FragmentDefinitionNode {
    const fragment = this.#fragments.get(name);
    if (fragment === undefined) throw new Error(`there is no fragment ${name}`);
    return fragment;
  }

  #field(node: FieldNode, place: Place): CollectedField {
    const { parent, types, when, defer } = place;
    const name = node.name.value;
    const definition = this.#types.fieldOf(parent, name);
    if (definition === undefined) throw new Error(`${parent.name} has no field ${name}`);
    const named = getNamedType(definition.type);
    const isLeaf = !isCompositeType(named) || name.startsWith('__');
    const below = isLeaf ? undefined : node.selectionSet;
    const directives = (node.directives ?? []).filter(({ name }) => !OF_THE_ANSWER.has(name.value));
    const stream = below && this.#streamOf(node.directives ?? []);
    return {
      responseKey: (node.alias ?? node.name).value,
      ...{ name, types, when, node, parent },
      arguments: argumentText(node.arguments ?? [], definition.args),
      directives: directiveText(directives),
      variables: directives.flatMap(variablesIn),
      type: definition.type,
      children: below && this.#collect(below, this.#below(place, name, named as GraphQLCompositeType)),
      ...(defer && { defer }),
      ...(stream && { stream }),
    };
  }

  /** What can be there in the field of objects of `types`: theirs may say more than the interface's. */
  #below({ types, defer, depth }: Place, field: string, parent: GraphQLCompositeType): Place {
    const possible = this.#types.possible(parent);
    const place = { parent, when: ALWAYS, defer, depth: depth + 1 };
    if (possible.size === 1) return { ...place, types: possible };
    const below = new Set<string>();
    for (const type of types) {
      const named = getNamedType(this.#types.typeOn(type, field) ?? parent) as GraphQLCompositeType;
      for (const name of this.#types.possible(named)) below.add(name);
    }
    return { ...place, types: intersection(possible, below) };
  }
}

const DEFER = 'defer';
const STREAM = 'stream';
/**
 * Deferred fragments and streamed lists at the places of one operation; inside of a list, each is one for every item.
 * Further ones come at once.
 */
const MAX_DEFERRED = 50;
const CONDITIONAL = new Set([GraphQLSkipDirective.name, GraphQLIncludeDirective.name]);
/** Says how, not what: no subgraph is told. */
const OF_THE_ANSWER = new Set([...CONDITIONAL, STREAM]);

const argumentOf = (directive: DirectiveNode, name: string) =>
  directive.arguments?.find((argument) => argument.name.value === name)?.value;

function labelOf(directive: DirectiveNode): string | undefined {
  const label = argumentOf(directive, 'label');
  return label?.kind === Kind.STRING ? label.value : undefined;
}

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
