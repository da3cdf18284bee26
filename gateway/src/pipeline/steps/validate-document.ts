import type { Tracer } from '@opentelemetry/api';
import { CodedError, operationRules } from '@tributary/service-kit';
import { type DocumentNode, type GraphQLSchema, NoSchemaIntrospectionCustomRule, validate } from 'graphql';
import { incrementalRules } from '../../incremental/rules/incremental-rules.ts';
import { othersFirst } from '../../others-first.ts';
import { inSyncSpan } from '../../tracing/in-sync-span.ts';
import { clientMessage } from '../client-message.ts';
import type { Step } from '../exchange.ts';

const MAX_ERRORS = 10;

/**
 * The specification's rules, once for each document and schema. Without introspection the schema is not told in other
 * ways either: suggestions are cut from messages.
 */
export function validateDocument(tracer: Tracer, introspection: boolean): Step {
  const further = introspection ? incrementalRules : [...incrementalRules, NoSchemaIntrospectionCustomRule];
  const rules = [...operationRules, ...further];
  const errorsOf = (schema: GraphQLSchema, document: DocumentNode) =>
    validate(schema, document, rules, { maxErrors: MAX_ERRORS }).map((error) => {
      const message = clientMessage(error);
      return new CodedError('GRAPHQL_VALIDATION_FAILED', introspection ? message : withoutSuggestion(message));
    });
  const refuse = (errors: readonly CodedError[]) => {
    if (errors.length > 0) throw new AggregateError(errors);
  };
  return ({ document, view }) => {
    if (document.errors !== undefined) return refuse(document.errors);
    document.errors = inSyncSpan(tracer, 'graphql.validate', () => errorsOf(view.schema, document.document));
    refuse(document.errors);
    return othersFirst();
  };
}

const withoutSuggestion = (message: string): string => message.replace(/ ?Did you mean [^?]*\?/g, '');
