import { type GraphQLError, Kind, print } from 'graphql';

const LITERALS = new Set<string>([Kind.INT, Kind.FLOAT, Kind.STRING, Kind.LIST, Kind.OBJECT]);

/**
 * What a client reads of an error of graphql-js: without the literal that it quotes, which may be a password and is kept
 * wherever errors are, and with its place (errors have no `locations` here): `… (line 3, column 5)`.
 */
export function clientMessage({ message, nodes, locations }: GraphQLError): string {
  const [node] = nodes ?? [];
  const shown =
    node !== undefined && LITERALS.has(node.kind)
      ? message.replaceAll(print(node), 'this')
      : message.replace(/(String|Int|Float) ".*"/s, '$1');
  const place = locations?.[0];
  return place === undefined ? shown : `${shown} (line ${place.line}, column ${place.column})`;
}
