import { type GraphQLType, isListType, isNonNullType } from 'graphql';

/** `name`: another named type. `list`: a list more or less. `nullable`, `nonNull`: which it became, at some depth. */
export type TypeChange = 'name' | 'list' | 'nullable' | 'nonNull';

/** How one type differs from another, at every depth; nothing where they are the same. */
export function typeChanges(was: GraphQLType, is: GraphQLType): ReadonlySet<TypeChange> {
  const changes = new Set<TypeChange>();
  let [old, now] = [was, is];
  for (;;) {
    if (isNonNullType(old) !== isNonNullType(now)) changes.add(isNonNullType(now) ? 'nonNull' : 'nullable');
    old = isNonNullType(old) ? old.ofType : old;
    now = isNonNullType(now) ? now.ofType : now;
    if (!isListType(old) || !isListType(now)) break;
    [old, now] = [old.ofType, now.ofType];
  }
  if (isListType(old) !== isListType(now)) changes.add('list');
  else if (String(old) !== String(now)) changes.add('name');
  return changes;
}
