import { OperationTypeNode } from 'graphql';
import { type Priority, priorityOf } from '../overload/priority.ts';
import type { Exchange } from './exchange.ts';

/** With which subgraphs are asked for an operation that was chosen. Who asks is known by now, not only that they say so. */
export const priorityIn = ({ operation, isKnownDocument, identity }: Exchange): Priority =>
  priorityOf({
    isMutation: operation?.operation === OperationTypeNode.MUTATION,
    isKnownDocument,
    isSignedIn: identity.kind !== 'anonymous',
  });
