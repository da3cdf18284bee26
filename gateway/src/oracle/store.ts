import {
  type GraphQLOutputType,
  type GraphQLSchema,
  getArgumentValues,
  isAbstractType,
  isEnumType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { fieldSelection, selectionText } from './field-selection.ts';
import { fieldOf, type Graph, type GraphField, namedType, requirementOf, typeOf } from './graph-model.ts';
import { hashOf, type SeededRandom, seededRandom } from './seeded-random.ts';
import { stableJson } from './stable-json.ts';

/** An object of the store: an entity by its number, a value by the place where it was made. */
export interface StoredObject {
  readonly __typename: string;
  readonly ref: string;
}

const ENTITIES = 4;

/** How often something comes instead of a value. Nulls at the root leave nothing to fetch from another subgraph. */
const NULLS = 0.1;
const ROOT_NULLS = 0.03;
const FAILURES = 0.025;
const VIOLATIONS = 0.02;

/**
 * Every object there is, by type and number. A value is made when it is read, from the seed, the object, the field and the
 * arguments: whoever reads it, oracle or subgraph, gets the same.
 */
export class Store {
  readonly #graph: Graph;
  readonly #schema: GraphQLSchema;
  readonly #seed: string;
  readonly #hasFaults: boolean;
  #mutations = 0;

  /** @param hasFaults some fields fail, or are null against their type */
  constructor(graph: Graph, schema: GraphQLSchema, seed: string, hasFaults: boolean) {
    this.#graph = graph;
    this.#schema = schema;
    this.#seed = seed;
    this.#hasFaults = hasFaults;
  }

  /** Mutations see how many were before them in the same run. */
  beginRun(): void {
    this.#mutations = 0;
  }

  entities(type: string): StoredObject[] {
    return Array.from({ length: ENTITIES }, (_, index) => ({ __typename: type, ref: String(index) }));
  }

  /** The value that a field has: leaves, objects, lists of them, null, and an Error where it fails. */
  read(object: StoredObject, name: string, args: object): unknown {
    const requires = requirementOf(fieldOf(this.#graph, object.__typename, name));
    return this.readGiven(object, name, args, requires === undefined ? '' : this.selected(object, requires));
  }

  /** The same, where the text of what it requires comes from elsewhere. */
  readGiven(object: StoredObject, name: string, args: object, required: string): unknown {
    const field = fieldOf(this.#graph, object.__typename, name);
    if (field.isKey) return this.#keyValue(object, field);
    const count = object.__typename === 'Mutation' ? this.#mutations++ : '';
    const place = [this.#seed, object.__typename, object.ref, name, stableJson(args), required, count].join('|');
    const type = this.#typeOf(object.__typename, name).type;
    return this.#make(type, field, seededRandom(place), place, object.ref === '' ? ROOT_NULLS : NULLS);
  }

  /** The text of a selection such as a key's. */
  selected(object: StoredObject, fields: string): string {
    return selectionText(fieldSelection(fields), object, (source, node) => {
      const definition = this.#typeOf(source.__typename, node.name.value);
      return this.read(source, node.name.value, getArgumentValues(definition, node));
    });
  }

  #typeOf(type: string, field: string) {
    const object = this.#schema.getType(type);
    const definition = isObjectType(object) ? object.getFields()[field] : undefined;
    if (definition === undefined) throw new Error(`no field ${type}.${field}`);
    return definition;
  }

  /** Unique within the type, and ids in the graph; a part of a compound key alone is not. */
  #keyValue({ __typename, ref }: StoredObject, { name, type }: GraphField): unknown {
    const number = Number(ref);
    switch (name) {
      case 'region':
        return `region-${number >> 1}`;
      case 'parent':
        return { __typename: namedType(type), ref: String(number >> 1) };
      case 'number':
      case 'slot':
        return number & 1;
      default:
        return String(hashOf(`${this.#seed} ${name} ${__typename} ${ref}`));
    }
  }

  #make(type: GraphQLOutputType, field: GraphField, random: SeededRandom, place: string, nulls = NULLS): unknown {
    const mayFail = this.#hasFaults && !field.isReliable;
    if (mayFail && random.chance(FAILURES)) return new Error('This field fails.');
    if (isNonNullType(type)) {
      return mayFail && random.chance(VIOLATIONS) ? null : this.#makeValue(type.ofType, field, random, place);
    }
    return random.chance(nulls) ? null : this.#makeValue(type, field, random, place);
  }

  #makeValue(type: GraphQLOutputType, field: GraphField, random: SeededRandom, place: string): unknown {
    if (isListType(type)) {
      const length = random.weighted({ 0: 1, 1: 5, 2: 7, 3: 4 });
      return Array.from({ length: Number(length) }, (_, index) =>
        this.#make(type.ofType, field, random, `${place}|${index}`),
      );
    }
    if (isEnumType(type)) return random.pick(type.getValues()).name;
    if (isObjectType(type)) return this.#object(type.name, random, place);
    if (isAbstractType(type)) return this.#object(random.pick(this.#possible(type.name, field)), random, place);
    return leaf(String(type), random);
  }

  #possible(type: string, { possible }: GraphField): readonly string[] {
    const known = this.#schema.getType(type);
    if (possible !== undefined) return possible;
    if (!isInterfaceType(known)) throw new Error(`nothing is possible for ${type}`);
    return this.#schema.getPossibleTypes(known).map(({ name }) => name);
  }

  #object(type: string, random: SeededRandom, place: string): StoredObject {
    const isEntity = typeOf(this.#graph, type).kind === 'entity';
    return { __typename: type, ref: isEntity ? String(random.between(0, ENTITIES - 1)) : String(hashOf(place)) };
  }
}

function leaf(type: string, random: SeededRandom): unknown {
  const number = random.between(-3, 1000);
  switch (type) {
    case 'Int':
      return number;
    case 'Float':
      return number / 4;
    case 'Boolean':
      return number % 2 === 0;
    case 'ID':
      return String(number);
    default:
      return random.chance(0.2) ? `"${number}"\n\u2028é` : `text ${number}`;
  }
}
