import type { Tracer } from '@opentelemetry/api';
import type { OperationDefinitionNode } from 'graphql';
import { coordinatesOf } from '../../authorization/authorise.ts';
import type { Engine } from '../../engine/engine.ts';
import { inSyncSpan } from '../../tracing/in-sync-span.ts';
import type { Step } from '../exchange.ts';

/**
 * What the caller may not see of the operation by `@authenticated`, `@requiresScopes` and `@policy`: it is left out of
 * what is planned, or the request is refused.
 */
export const authoriseOperation =
  (engine: Engine, tracer: Tracer): Step =>
  (exchange) => {
    const { request, view, identity, variables } = exchange;
    if (view.authorizer === undefined) return;
    const { document } = exchange.document;
    const operation = exchange.operation as OperationDefinitionNode;
    const asked = { document, operation, variables, identity, requestId: request.id };
    const { denial, denied, refusals } = inSyncSpan(tracer, 'graphql.authorise', () => engine.authorise(view, asked));
    exchange.denial = denial;
    if (denied.length > 0) request.accessFields.denied = coordinatesOf(denied);
    if (refusals.length > 0) throw new AggregateError(refusals);
  };
