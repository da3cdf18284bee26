import { Kind, type TypeNode } from 'graphql';

/** `[[User!]!]` → `User`. */
export const namedTypeOf = (type: TypeNode): string =>
  type.kind === Kind.NAMED_TYPE ? type.name.value : namedTypeOf(type.type);
