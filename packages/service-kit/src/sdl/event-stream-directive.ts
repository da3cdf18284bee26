import type { DocumentNode } from 'graphql';
import { linkedDirective } from './links.ts';

/** Nothing is fetched from there. */
export const EVENTS_IDENTITY = 'https://specs.tributary.dev/events';

/**
 * What a subgraph's schema holds to bind fields of `Subscription` to events that are published anyway (ADR 0035,
 * docs/subscriptions.md); its `@link` to federation imports `@composeDirective`.
 */
export const EVENTS_SDL = `extend schema
  @link(url: "${EVENTS_IDENTITY}/v1.0", import: ["@eventStream"])
  @composeDirective(name: "@eventStream")

"""
A subscription that hears events: those of \`types\`. \`entity\` says which entity of this subgraph an event is about: the
fields of its key, each with the field of the event's data that has the value, as \`{ id: orderId }\`. \`where\` are fields of
the data that have to equal arguments, as \`{ orderId: $id }\`; \`caller\` is the one that has to be the id of whoever
subscribes.
"""
directive @eventStream(types: [String!]!, entity: String!, where: String, caller: String) on FIELD_DEFINITION
`;

/** What a schema document calls the directive; undefined where it does not link the specification. */
export const eventStreamDirective = (document: DocumentNode): string | undefined =>
  linkedDirective(document, EVENTS_IDENTITY, 'eventStream');
