import type { GraphQLEnumType } from 'graphql';
import type { Change } from './change.ts';
import { compareDescriptions } from './compare-descriptions.ts';

/** @param isRead whether a field has the type, so that clients get values that they may not know. */
export function* compareEnumValues(was: GraphQLEnumType, is: GraphQLEnumType, isRead: boolean): Generator<Change> {
  for (const { name } of was.getValues()) {
    if (is.getValue(name) !== undefined) continue;
    const coordinate = `${is.name}.${name}`;
    const message = `The enum value ${coordinate} is removed.`;
    // Who reads a field of the enum, or has a variable of it, may know the value.
    yield { code: 'ENUM_VALUE_REMOVED', coordinate, message, uses: [coordinate, is.name] };
  }
  for (const value of is.getValues()) {
    const coordinate = `${is.name}.${value.name}`;
    const old = was.getValue(value.name);
    if (old != null) {
      yield* compareDescriptions(coordinate, old, value);
    } else if (isRead) {
      const message = `The enum value ${coordinate} is added, and clients may get it.`;
      yield { code: 'ENUM_VALUE_ADDED', coordinate, message, uses: [is.name] };
    } else {
      const message = `The enum value ${coordinate} is added.`;
      yield { code: 'ENUM_INPUT_VALUE_ADDED', coordinate, message, uses: [] };
    }
  }
}
