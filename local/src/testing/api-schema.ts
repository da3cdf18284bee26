import { buildClientSchema, type GraphQLSchema, getIntrospectionQuery } from 'graphql';
import type { Ask } from './graph-client.ts';

/** The schema as clients see it: what the gateway answers to introspection. */
export async function apiSchema(ask: Ask): Promise<GraphQLSchema> {
  const { data, errors } = await ask(getIntrospectionQuery());
  if (errors !== undefined) throw new Error(`introspection was answered with ${JSON.stringify(errors)}`);
  return buildClientSchema(data);
}
