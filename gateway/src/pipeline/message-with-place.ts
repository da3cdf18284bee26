import type { GraphQLError } from 'graphql';

/** Errors have no `locations` here, so the message says where: `… (line 3, column 5)`. */
export function messageWithPlace({ message, locations }: GraphQLError): string {
  const place = locations?.[0];
  return place === undefined ? message : `${message} (line ${place.line}, column ${place.column})`;
}
