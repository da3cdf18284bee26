/** A JSON Schema of draft 7 whose keywords nobody has checked. */
// biome-ignore lint/suspicious/noExplicitAny: a schema's keywords are read by name, and Ajv checks the result
export type JsonSchema = Record<string, any>;

/** What the file of a kind's schema is called, without `.json`: `Gateway-networking.istio.io-v1`. */
export const schemaName = ({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }): string =>
  `${kind}-${apiVersion.replace('/', '-')}`;
