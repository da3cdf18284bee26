import { errorCatalogue } from '@tributary/service-kit';
import { isObject } from '../../is-object.ts';
import type { RawError, SubgraphAnswer } from '../../subgraphs/read-answer.ts';

const isErrors = (value: unknown): value is RawError[] => Array.isArray(value) && value.every(isObject);

/** What a subgraph says in one event, as far as it has the form of a GraphQL answer. */
export function readPayload(payload: unknown): SubgraphAnswer {
  const { data = null, errors = null } = isObject(payload) ? payload : {};
  const hasForm = (data === null || isObject(data)) && (errors === null || isErrors(errors));
  if (!hasForm || (data === null && (errors === null || errors.length === 0))) return INVALID;
  return { data, errors: errors ?? [] };
}

const INVALID: SubgraphAnswer = {
  data: null,
  errors: [
    {
      message: errorCatalogue.SUBGRAPH_RESPONSE_INVALID.message,
      extensions: { code: 'SUBGRAPH_RESPONSE_INVALID' },
    },
  ],
};
