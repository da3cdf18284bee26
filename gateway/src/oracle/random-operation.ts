import {
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  isUnionType,
  parse,
  print,
  validate,
} from 'graphql';
import { fieldSelection } from './field-selection.ts';
import { fieldOf, type Graph, requirementOf, typeOf, typesOfKind } from './graph-model.ts';
import { RandomVariables } from './random-arguments.ts';
import type { SeededRandom } from './seeded-random.ts';

export interface RandomOperation {
  readonly source: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

const MAX_DEPTH = 6;
/** After so many selections only leaves are added: operations stay readable, and quick to plan. */
const SIZES = { least: 4, most: 16 };

/** An operation that is valid for the schema; nearly always one that no subgraph can answer alone. */
export function randomOperation(graph: Graph, schema: GraphQLSchema, random: SeededRandom): RandomOperation {
  const mayStayInOneSubgraph = random.chance(0.02);
  for (let attempt = 0; attempt < 1000; attempt++) {
    const draft = new Draft(graph, schema, random).operation();
    if (!mayStayInOneSubgraph && !draft.crosses) continue;
    const document = parse(draft.source, { noLocation: true });
    if (validate(schema, document).length === 0) return { source: print(document), variables: draft.variables };
  }
  throw new Error('no valid operation in a thousand attempts');
}

interface Fragment {
  readonly name: string;
  readonly on: string;
}

/** What is selected in one place, by response key. */
type Scope = Map<string, SelectedField>;

interface SelectedField {
  readonly on: GraphQLCompositeType;
  readonly alias: string | undefined;
  /** Name and arguments. */
  readonly text: string;
  readonly type: GraphQLNamedType;
  readonly scope: Scope;
}

class Draft {
  readonly #graph: Graph;
  readonly #schema: GraphQLSchema;
  readonly #random: SeededRandom;
  readonly #variables: RandomVariables;
  readonly #fragments: Fragment[] = [];
  readonly #definitions: string[] = [];
  /** Subgraphs that could answer all that was selected so far. */
  #able: readonly string[];
  #left: number;

  constructor(graph: Graph, schema: GraphQLSchema, random: SeededRandom) {
    this.#graph = graph;
    this.#schema = schema;
    this.#random = random;
    this.#variables = new RandomVariables(random);
    this.#able = graph.subgraphs;
    this.#left = random.between(SIZES.least, SIZES.most);
  }

  operation(): RandomOperation & { crosses: boolean } {
    const isMutation = this.#random.chance(0.06);
    const type = isMutation ? this.#schema.getMutationType() : this.#schema.getQueryType();
    if (type == null) throw new Error('the schema has no root type');
    const selection = this.#selectionSet(type, 1, new Map());
    const { definitions, values } = this.#variables;
    const head = definitions.length === 0 ? '' : `(${definitions.join(', ')})`;
    const source = `${isMutation ? 'mutation' : 'query'} Random${head} ${selection}\n${this.#definitions.join('\n')}`;
    return { source, variables: values, crosses: this.#able.length === 0 };
  }

  #selectionSet(type: GraphQLCompositeType, depth: number, scope: Scope): string {
    const selections: string[] = [];
    for (let count = this.#random.between(depth === 1 ? 2 : 1, 4); count > 0; count--) {
      this.#left--;
      selections.push(this.#selection(type, depth, scope));
    }
    return `{ ${selections.join(' ')} }`;
  }

  #selection(type: GraphQLCompositeType, depth: number, scope: Scope): string {
    const known = [...scope.values()].filter(({ on }) => on === type);
    const weights = {
      ...{ field: isUnionType(type) ? 0 : 70, typename: isUnionType(type) ? 20 : 7 },
      ...{ inline: isAbstractType(type) ? 40 : 8, spread: isAbstractType(type) ? 14 : 7 },
      again: known.length > 0 ? 8 : 0,
    };
    switch (this.#random.weighted(weights)) {
      case 'typename':
        return this.#random.chance(0.3) ? `${this.#alias(type, scope, '__typename')}: __typename` : '__typename';
      case 'inline':
        return this.#inlineFragment(type, depth, scope);
      case 'spread':
        return this.#spread(type, depth);
      case 'again':
        return this.#withSelection(this.#random.pick(known), depth);
      case 'field':
        return this.#field(type, depth, scope);
    }
  }

  #field(type: GraphQLCompositeType, depth: number, scope: Scope): string {
    if (isUnionType(type)) throw new Error('a union has no fields');
    const all = Object.values(type.getFields());
    const deep = all.filter((field) => isCompositeType(getNamedType(field.type)));
    const flat = all.filter((field) => !deep.includes(field));
    const wantsDeep = depth < MAX_DEPTH && this.#left > 0 && this.#random.chance(depth < 3 ? 0.65 : 0.5);
    const field = this.#random.pick(wantsDeep && deep.length > 0 ? deep : flat.length > 0 ? flat : deep);
    return `${this.#fieldText(type, field, depth, scope)}${this.#companions(type, field, depth, scope)}`;
  }

  #fieldText(on: GraphQLCompositeType, field: GraphQLField<unknown, unknown>, depth: number, scope: Scope): string {
    this.#note(on, field.name);
    const text = `${field.name}${this.#variables.arguments(field.args)}`;
    const isTaken = scope.has(field.name) && scope.get(field.name)?.text !== text;
    const alias = isTaken || this.#random.chance(0.2) ? this.#alias(on, scope, text) : undefined;
    const known = scope.get(alias ?? field.name);
    const selected = known ?? { on, text, alias, type: getNamedType(field.type), scope: new Map() };
    scope.set(alias ?? field.name, selected);
    return this.#withSelection(selected, depth);
  }

  #withSelection({ alias, text, type, scope }: SelectedField, depth: number): string {
    const below = isCompositeType(type) ? ` ${this.#selectionSet(type, depth + 1, scope)}` : '';
    return `${alias === undefined ? '' : `${alias}: `}${text}${this.#condition()}${below}`;
  }

  /** Beside a field that requires others: now and then those others, with arguments of the client's own. */
  #companions(
    type: GraphQLCompositeType,
    { name }: GraphQLField<unknown, unknown>,
    depth: number,
    scope: Scope,
  ): string {
    const requires = requirementOf(fieldOf(this.#graph, type.name, name));
    if (requires === undefined || this.#left <= 0 || isUnionType(type) || this.#random.chance(0.7)) return '';
    const texts = fieldSelection(requires).selections.map((node) => {
      const required = 'name' in node ? type.getFields()[node.name.value] : undefined;
      return required === undefined ? '' : ` ${this.#fieldText(type, required, depth, scope)}`;
    });
    return texts.join('');
  }

  /** A response key that is free, or has the same. */
  #alias(type: GraphQLCompositeType, scope: Scope, text: string): string {
    // A key's name that the client gives to something else: planning adds keys by their names.
    const names = [
      'id',
      'code',
      'region',
      'parent',
      'slot',
      ...(isUnionType(type) ? [] : Object.keys(type.getFields())),
    ];
    const wanted = this.#random.chance(0.3) ? this.#random.pick(names) : `a${this.#random.between(1, 9)}`;
    const isFree = (name: string) => !scope.has(name) || scope.get(name)?.text === text;
    let alias = wanted;
    while (!isFree(alias)) alias = `${alias}0`;
    return alias;
  }

  #condition(): string {
    return this.#random.chance(0.08) ? this.#variables.condition() : '';
  }

  #inlineFragment(type: GraphQLCompositeType, depth: number, scope: Scope): string {
    if (this.#random.chance(0.15)) return `...${this.#condition()} ${this.#selectionSet(type, depth, scope)}`;
    const on = this.#random.pick(this.#overlapping(type));
    // Different types may have different fields under one key, as long as they look the same.
    const isApart = isAbstractType(type) && isObjectType(on) && this.#random.chance(0.3);
    const inner: Scope = isApart ? new Map() : scope;
    return `... on ${on.name}${this.#condition()} ${this.#selectionSet(on, depth, inner)}`;
  }

  #spread(type: GraphQLCompositeType, depth: number): string {
    const overlapping = this.#overlapping(type);
    const known = this.#fragments.filter(({ on }) => overlapping.some(({ name }) => name === on));
    if (known.length > 0 && this.#random.chance(0.6)) return `...${this.#random.pick(known).name}${this.#condition()}`;
    const on = this.#random.pick(overlapping);
    const selection = this.#selectionSet(on, depth + 1, new Map());
    const name = `Part${this.#definitions.length + 1}`;
    this.#definitions.push(`fragment ${name} on ${on.name} ${selection}`);
    // Only when it is done, so that none has itself in it.
    this.#fragments.push({ name, on: on.name });
    return `...${name}${this.#condition()}`;
  }

  /** Types that a condition in this place may name; object types twice as often. */
  #overlapping(type: GraphQLCompositeType): GraphQLCompositeType[] {
    const possible = isAbstractType(type) ? this.#schema.getPossibleTypes(type) : [type];
    const abstract = typesOfKind(this.#graph, 'interface', 'union').flatMap(({ name }) => {
      const other = this.#schema.getType(name);
      const overlaps = isAbstractType(other) && possible.some((object) => this.#schema.isSubType(other, object));
      return overlaps ? [other] : [];
    });
    return [...possible, ...possible, ...abstract];
  }

  #note(type: GraphQLCompositeType, field: string): void {
    const { homes } = fieldOf(this.#graph, type.name, field);
    const viaTypes = isInterfaceType(type) && typeOf(this.#graph, type.name).interfaceObjectIn === undefined;
    if (viaTypes) return;
    this.#able = this.#able.filter((subgraph) => homes.get(subgraph)?.role === 'resolves');
  }
}
