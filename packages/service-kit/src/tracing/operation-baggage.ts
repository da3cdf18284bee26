import { currentOperation } from '../log/operation-context.ts';

/** Of the gateway's own entries in `baggage`: what a client sends under such a name is never handed on. */
export const OWN_BAGGAGE_PREFIX = 'graph.';

/** An application's name: `storefront`, `iOS App`, `@acme/admin`. No e-mail address, and too short for a token. */
export const CLIENT_NAME = /^@?[\w.:/ -]{1,64}$/;
/** `2.1.0`, `1.0.0-beta.4+f00d`. */
export const CLIENT_VERSION = /^[\w.+-]{1,32}$/;

/** What subgraphs are told of an operation, by the field of a log line, and the only form that is handed on and read. */
const FORMS = {
  operation: /^\w{1,100}$/,
  operation_type: /^(?:query|mutation|subscription)$/,
  client: CLIENT_NAME,
  client_version: CLIENT_VERSION,
  line: /^\d{1,9}$/,
} as const;

type Named = keyof typeof FORMS;
const NAMED = Object.keys(FORMS) as Named[];

const ENTRY = new RegExp(`^\\s*graph\\.(${NAMED.join('|')})=([^;\\s]+)`);

/**
 * Whose operation it is that this process works for, as entries of `baggage`: `graph.operation=PlaceOrder,…` (docs/adr/0039).
 * Made once for each operation. Undefined where nothing is known of it.
 */
export function operationBaggage(): string | undefined {
  const operation = currentOperation();
  if (operation === undefined) return undefined;
  operation.baggage ??= entriesOf(operation.fields);
  return operation.baggage === '' ? undefined : operation.baggage;
}

function entriesOf(fields: Readonly<Record<string, unknown>>): string {
  let entries = '';
  for (const name of NAMED) {
    const value = fields[name];
    if (typeof value !== 'string' || !FORMS[name].test(value)) continue;
    entries += `${entries === '' ? '' : ','}${OWN_BAGGAGE_PREFIX}${name}=${encodeURIComponent(value)}`;
  }
  return entries;
}

/** The same, read from the `baggage` of a caller that may say it. What has not its form is left out, not cut. */
export function readOperationBaggage(baggage: string | string[] | undefined): Partial<Record<Named, string>> {
  const read: Partial<Record<Named, string>> = {};
  for (const entry of String(baggage ?? '').split(',')) {
    const [, name, encoded = ''] = ENTRY.exec(entry) ?? [];
    if (name === undefined) continue;
    const value = decoded(encoded);
    if (FORMS[name as Named].test(value)) read[name as Named] = value;
  }
  return read;
}

/** Empty for what is no percent-encoding. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
