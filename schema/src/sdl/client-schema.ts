import type { Schema } from '@apollo/federation-internals';
import { GraphQLDirective, GraphQLInt, GraphQLNonNull, GraphQLSchema } from 'graphql';

/** As the gateway shows an API to its clients: with the directives of incremental delivery (ADR 0037). */
export function clientSchema(api: Schema): GraphQLSchema {
  const config = api.toGraphQLJSSchema({ includeDefer: true, includeStream: true }).toConfig();
  return new GraphQLSchema({ ...config, directives: config.directives.map(asInDraft) });
}

/** Apollo's `@stream` takes null for `initialCount`; that of the specification's draft, and the gateway's, do not. */
function asInDraft(directive: GraphQLDirective): GraphQLDirective {
  if (directive.name !== 'stream') return directive;
  const { args, ...config } = directive.toConfig();
  const initialCount = { ...args.initialCount, type: new GraphQLNonNull(GraphQLInt) };
  return new GraphQLDirective({ ...config, args: { ...args, initialCount } });
}
