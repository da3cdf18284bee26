import {
  type ConstDirectiveNode,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isObjectType,
  Kind,
  parse,
} from 'graphql';

/** Whom a directive lets see something: anybody with a token, or those of them who are administrators. */
type Guard = 'signedIn' | 'admin';

/** Administrators hold `read:ledger`, and the policy `admin`. */
const GUARDS: Readonly<Record<string, Guard>> = { authenticated: 'signedIn', requiresScopes: 'admin', policy: 'admin' };

/** What types and fields (`Type`, `Type.field`) ask of whoever wants to see them. */
export type Guards = ReadonlyMap<string, Guard>;

/** What the directives of a supergraph say. Read here once more, and not by the gateway's own reader. */
export function guardsOf(supergraphSdl: string): Guards {
  const guards = new Map<string, Guard>();
  const read = (coordinate: string, directives: readonly ConstDirectiveNode[] = []) => {
    const found = directives.flatMap(({ name }) => GUARDS[name.value] ?? []);
    const [first] = found;
    if (first !== undefined) guards.set(coordinate, found.includes('admin') ? 'admin' : first);
  };
  for (const node of parse(supergraphSdl).definitions) {
    if (!('name' in node) || node.name === undefined || node.kind === Kind.OPERATION_DEFINITION) continue;
    const name = node.name.value;
    if (!('fields' in node)) {
      if ('directives' in node) read(name, node.directives as readonly ConstDirectiveNode[]);
      continue;
    }
    read(name, node.directives);
    for (const field of node.fields ?? []) read(`${name}.${field.name.value}`, field.directives);
  }
  return guards;
}

/**
 * The fields (`Type.field`) that the directives let a caller come to, by whatever way: through fields, interfaces and
 * unions, from every kind of operation. What the subgraphs decide is not in it.
 */
export function reachableBy(caller: 'anonymous' | 'customer', schema: GraphQLSchema, guards: Guards): Set<string> {
  const found = new Set<string>();
  const seen = new Set<string>();
  const mayPass = (coordinate: string) => {
    const guard = guards.get(coordinate);
    return guard === undefined || (guard === 'signedIn' && caller === 'customer');
  };
  const visit = (type: GraphQLNamedType) => {
    if (seen.has(type.name) || !mayPass(type.name)) return;
    seen.add(type.name);
    if (isAbstractType(type)) for (const possible of schema.getPossibleTypes(type)) visit(possible);
    if (!isObjectType(type)) return;
    for (const field of Object.values(type.getFields())) {
      const value = getNamedType(field.type);
      const coordinate = `${type.name}.${field.name}`;
      if (!mayPass(coordinate) || !mayPass(value.name)) continue;
      found.add(coordinate);
      visit(value);
    }
  };
  for (const root of rootTypes(schema)) visit(root);
  return found;
}

export const rootTypes = (schema: GraphQLSchema): GraphQLObjectType[] =>
  [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].filter((type) => type != null);
