import type { OperationDefinitionNode } from 'graphql';
import type { UsedDeprecations } from '../../deprecations/used-deprecations.ts';
import type { Step } from '../exchange.ts';

/** With it, a client is told in `extensions.deprecations` what its operation uses that will go. */
const DEPRECATIONS_HEADER = 'x-graphql-deprecations';
/** More than an application mends at a time. */
const MAX_TOLD = 50;

export const tellDeprecations =
  (used: UsedDeprecations): Step =>
  (exchange) => {
    const { request, view, params } = exchange;
    if (request.headers[DEPRECATIONS_HEADER] !== '1') return;
    const { document } = exchange.document;
    const operation = exchange.operation as OperationDefinitionNode;
    exchange.deprecations = used.of({ view, document, operation, variables: params.variables }).slice(0, MAX_TOLD);
  };
