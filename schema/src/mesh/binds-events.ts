import { eventStreamDirective } from '@tributary/service-kit/sdl';
import { GraphQLError, Kind } from 'graphql';
import { parseGraphql } from '../parse-graphql.ts';

/** Whether a supergraph binds subscriptions to events (`@eventStream`): its gateway hears what services publish. */
export function bindsEvents(sdl: string): boolean {
  const document = parseGraphql(sdl);
  const name = document instanceof GraphQLError ? undefined : eventStreamDirective(document);
  if (document instanceof GraphQLError || name === undefined) return false;
  return document.definitions.some(
    (node) =>
      (node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.OBJECT_TYPE_EXTENSION) &&
      node.fields?.some(({ directives = [] }) => directives.some((directive) => directive.name.value === name)),
  );
}
