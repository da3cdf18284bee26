import { type DocumentNode, Kind } from 'graphql';

/** Which objects can stand where a type is named. */
export interface PossibleTypes {
  /** Whether an object of the type `name` is one of `condition`, which is the same, or an interface or union of it. */
  includes(condition: string, name: string): boolean;
}

/** From a supergraph: also of types that clients do not see. */
export function possibleTypes(supergraph: DocumentNode): PossibleTypes {
  const members = new Map<string, Set<string>>();
  const add = (type: string, member: string) => {
    const known = members.get(type) ?? new Set();
    members.set(type, known.add(member));
  };
  for (const node of supergraph.definitions) {
    if (node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.INTERFACE_TYPE_DEFINITION) {
      for (const { name } of node.interfaces ?? []) add(name.value, node.name.value);
    }
    if (node.kind === Kind.UNION_TYPE_DEFINITION) {
      for (const { name } of node.types ?? []) add(node.name.value, name.value);
    }
  }
  return { includes: (condition, name) => condition === name || members.get(condition)?.has(name) === true };
}
