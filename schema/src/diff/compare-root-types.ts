import { type GraphQLSchema, OperationTypeNode } from 'graphql';
import type { Change } from './change.ts';

export function* compareRootTypes(before: GraphQLSchema, after: GraphQLSchema): Generator<Change> {
  for (const operation of Object.values(OperationTypeNode)) {
    const was = before.getRootType(operation)?.name;
    const is = after.getRootType(operation)?.name;
    if (was === is) continue;
    if (was === undefined && is !== undefined) {
      yield {
        code: 'ROOT_TYPE_ADDED',
        coordinate: is,
        message: `${is} is the type of each ${operation} now.`,
        uses: [],
      };
    } else if (was !== undefined && is === undefined) {
      const message = `${was} is no longer the type of each ${operation}: none is possible.`;
      yield { code: 'ROOT_TYPE_REMOVED', coordinate: was, message, uses: [was] };
    } else if (was !== undefined) {
      const message = `The type of each ${operation} is ${is}, and was ${was}.`;
      yield { code: 'ROOT_TYPE_CHANGED', coordinate: was, message, uses: [was] };
    }
  }
}
