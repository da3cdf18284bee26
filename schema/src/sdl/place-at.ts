import type { GraphQLError, Location, Token } from 'graphql';
import type { Finding } from '../finding.ts';

export type SourcePlace = Pick<Finding, 'file' | 'line' | 'column' | 'source'>;

/** A place in a file, relative to the root, with the text of its line. */
export function placeAt(file: Location['source'], { line, column }: Pick<Token, 'line' | 'column'>): SourcePlace {
  const source = file.body.split(/\r\n|[\n\r]/, line).at(line - 1);
  return { file: file.name, line, column, ...(source === undefined ? {} : { source }) };
}

/** Of what parse() throws. */
export const placeOfSyntaxError = ({ source, locations }: GraphQLError): SourcePlace =>
  source === undefined || locations?.[0] === undefined ? {} : placeAt(source, locations[0]);
