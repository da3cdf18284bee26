import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';

const ISO_8601 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;

/** `scalar DateTime`: ISO 8601 with an offset; always UTC with milliseconds when it goes out. */
export const dateTimeScalar = stringScalar<Date>({
  name: 'DateTime',
  parse(text) {
    const date = new Date(text);
    if (!ISO_8601.test(text) || Number.isNaN(date.getTime()) || !isDay(text.slice(0, 10)))
      throw invalid('DateTime', 'an ISO 8601 time such as 2026-11-24T09:30:00Z');
    return date;
  },
  serialize: (value) => (value instanceof Date ? value : new Date(String(value))).toISOString(),
});

/** JavaScript takes the 30th of February for the 1st or 2nd of March. */
const isDay = (text: string) => new Date(`${text}T00:00:00Z`).toISOString().startsWith(text);

const CURRENCIES = new Set(Intl.supportedValuesOf('currency'));

/** `scalar CurrencyCode`: ISO 4217, upper case. */
export const currencyCodeScalar = stringScalar<string>({
  name: 'CurrencyCode',
  parse(text) {
    if (!CURRENCIES.has(text)) throw invalid('CurrencyCode', 'an ISO 4217 currency code such as EUR');
    return text;
  },
  serialize: String,
});

/** `scalar CountryCode`: ISO 3166-1 alpha-2, upper case. */
export const countryCodeScalar = stringScalar<string>({
  name: 'CountryCode',
  parse(text) {
    if (!/^[A-Z]{2}$/.test(text)) throw invalid('CountryCode', 'an ISO 3166-1 country code such as DE');
    return text;
  },
  serialize: String,
});

/** The value itself is left out: it may be personal data. */
const invalid = (scalar: string, expected: string) =>
  new GraphQLError(`${scalar} must be ${expected}.`, { extensions: { code: 'BAD_USER_INPUT' } });

interface StringScalar<T> {
  name: string;
  parse(text: string): T;
  serialize(value: unknown): string;
}

function stringScalar<T>({ name, parse, serialize }: StringScalar<T>): GraphQLScalarType<T, string> {
  return new GraphQLScalarType<T, string>({
    name,
    serialize,
    parseValue(value) {
      if (typeof value !== 'string') throw invalid(name, 'a string');
      return parse(value);
    },
    parseLiteral(node) {
      if (node.kind !== Kind.STRING) throw invalid(name, 'a string');
      return parse(node.value);
    },
  });
}
