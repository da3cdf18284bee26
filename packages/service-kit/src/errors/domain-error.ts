/**
 * A refusal that the domain foresees: an object type of the schema that implements `DomainError { code message }` and
 * stands in a payload's `errors`. Thrown in the domain layer, so that it also rolls the transaction back; turned into
 * the payload by `payload()`.
 */
export class DomainError extends Error {
  override readonly name = 'DomainError';
  /** Name of the schema's object type, for example `EmptyCartError`. */
  readonly typename: string;
  /** Further fields of that type. */
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(typename: string, message: string, fields: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.typename = typename;
    this.fields = fields;
  }

  /** `EmptyCartError` → `EMPTY_CART`. */
  get code(): string {
    return domainErrorCode(this.typename);
  }
}

export const domainErrorCode = (typename: string) =>
  typename
    .replace(/Error$/, '')
    .replaceAll(/(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, '_')
    .toUpperCase();
