import { logMappings, rejectedMappings } from '../../observability/files/elasticsearch/mappings.ts';

interface Field {
  type?: string;
  properties?: Record<string, Field>;
}

/** Each field of documents with its type, by its dotted name; below one that is `flattened` anything may be. */
export const logFields: ReadonlyMap<string, string> = new Map([
  ...fieldsOf(logMappings as Field),
  ...fieldsOf(rejectedMappings as Field),
]);

function fieldsOf({ properties = {} }: Field, path = ''): [string, string][] {
  return Object.entries(properties).flatMap(([name, field]): [string, string][] =>
    field.properties === undefined ? [[`${path}${name}`, field.type ?? '']] : fieldsOf(field, `${path}${name}.`),
  );
}
