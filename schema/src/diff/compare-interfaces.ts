import {
  type GraphQLInterfaceType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  isInterfaceType,
  isObjectType,
} from 'graphql';
import type { Change } from './change.ts';

type WithInterfaces = GraphQLObjectType | GraphQLInterfaceType;

/**
 * What a type implements. A type that is new, `was` is undefined, is an implementation more of the interfaces that were
 * there `before`.
 */
export function* compareInterfaces(
  was: WithInterfaces | undefined,
  is: GraphQLNamedType,
  before: ReadonlyMap<string, GraphQLNamedType>,
): Generator<Change> {
  if (!isObjectType(is) && !isInterfaceType(is)) return;
  const old = new Set(was?.getInterfaces().map(({ name }) => name));
  const now = new Set(is.getInterfaces().map(({ name }) => name));
  for (const name of old) {
    if (now.has(name)) continue;
    const message = `${is.name} no longer implements ${name}.`;
    yield { code: 'INTERFACE_REMOVED', coordinate: is.name, detail: name, message, uses: [is.name] };
  }
  for (const name of now) {
    if (old.has(name) || !before.has(name)) continue;
    const message = `${is.name} implements ${name}, and clients may get it where they read ${name}.`;
    yield { code: 'INTERFACE_ADDED', coordinate: is.name, detail: name, message, uses: [name] };
  }
}
