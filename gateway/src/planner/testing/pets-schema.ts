import {
  buildSchema,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isAbstractType,
  isListType,
  isObjectType,
  isScalarType,
} from 'graphql';

/** A schema with what makes normalising hard: fields of one name and several types, covariance, unions, odd inputs. */
export const petsSchema: GraphQLSchema = buildSchema(`
  scalar Tag
  scalar Json
  enum Unit { CM INCH }
  input Filter { name: String = "x" unit: Unit tags: [Tag!] inner: Filter n: Int strict: Int! = 4 }
  input Pick @oneOf { id: ID name: String filter: Filter }
  interface Node { id: ID! }
  interface Pet { name: String owner(first: Int = 3): Owner friend(tag: Tag): Pet note(input: Filter, tag: Tag): String }
  interface Walker implements Pet {
    name: String owner(first: Int = 3): Owner friend(tag: Tag): Pet note(input: Filter, tag: Tag): String legs: Int!
  }
  type Dog implements Pet & Node & Walker {
    id: ID! name: String! owner(first: Int = 3, extra: Boolean): Owner! friend(tag: Tag): Dog
    note(input: Filter, tag: Tag): String legs: Int! sound: Int! size(unit: Unit = CM): Float
  }
  type Cat implements Pet & Node & Walker {
    id: ID! name: String owner(first: Int = 3): Owner friend(tag: Tag): Walker
    note(input: Filter, tag: Tag): String! legs: Int! sound: Int size(unit: Unit = CM): Int
  }
  type Fish implements Pet & Node {
    id: ID! name: String owner(first: Int = 3): Owner friend(tag: Tag): Pet
    note(input: Filter, tag: Tag): String sound: String name_2: Int
  }
  union Any = Dog | Cat | Fish | Owner
  type Owner implements Node {
    id: ID! name: String! pets(filter: Filter, filters: [Filter!], ids: [ID!]): [Pet!] any: Any nodes: [Node]
    by(pick: Pick, matrix: [[Int]]): String echo(json: Json, n: Float, i: Int, required: Int! = 7): String cells: [[Any]!]
  }
  type Query {
    pet(id: ID!): Pet any: Any owner(id: ID = "me"): Owner! dog(tags: [Tag]): Dog walker: Walker nodes(ids: [ID!]): [Node]
  }
  type Mutation { make(name: String!): Owner log: Int any(tag: Tag): Any }
`);

interface Thing {
  readonly __typename: string;
  readonly seed: number;
}

/**
 * Answers that hang on the object, the field and its arguments alone, null and of any type among them; at the root of a
 * mutation also on how many fields were called before.
 */
export function petsResolver(): GraphQLFieldResolver<unknown, unknown> {
  let calls = 0;
  return (parent, given, _, { fieldName, returnType, parentType, operation, schema }) => {
    const isRoot = parentType === schema.getMutationType();
    if (isRoot) calls++;
    const seed = (parent as Thing | undefined)?.seed ?? 0;
    const sorted = Object.entries(given).sort(([a], [b]) => (a < b ? -1 : 1));
    const hash = hashOf([seed, fieldName, JSON.stringify(sorted), operation.operation, isRoot ? calls : 0].join());
    const complete = (type: typeof returnType, own: number): unknown => {
      if (own % 17 === 0) return null;
      const nullable = getNullableType(type);
      if (isListType(nullable)) {
        return Array.from({ length: own % 3 }, (_, index) => complete(nullable.ofType, hashOf(`${own} ${index}`)));
      }
      if (isScalarType(nullable)) return own % 1000;
      const named = getNamedType(nullable);
      const possible = isAbstractType(named) ? schema.getPossibleTypes(named) : isObjectType(named) ? [named] : [];
      return { __typename: possible[own % possible.length]?.name ?? '', seed: own } satisfies Thing;
    };
    return complete(returnType, hash);
  };
}

function hashOf(text: string): number {
  let hash = 2166136261;
  for (const character of text) hash = Math.imul(hash ^ character.charCodeAt(0), 16777619);
  return (hash ^ (hash >>> 15)) >>> 0;
}
