import type { Schema } from '@apollo/federation-internals';
import type { GraphQLSchema } from 'graphql';

/** As the gateway shows an API to its clients: with the directives of incremental delivery (ADR 0037). */
export const clientSchema = (api: Schema): GraphQLSchema =>
  api.toGraphQLJSSchema({ includeDefer: true, includeStream: true });
