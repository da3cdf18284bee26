/** Reads a value into a type, or throws a `ShapeError` that names the place. `where` is a path like `spec.ingress[0]`. */
export type Shape<T> = (value: unknown, where: string) => T;

/** The type that a shape reads. */
export type Parsed<S> = S extends Shape<infer T> ? T : never;

/** A value that a simulator does not understand: a field that it would ignore, or a wrong type. */
export class ShapeError extends Error {
  override readonly name = 'ShapeError';
}

const fail = (where: string, problem: string): never => {
  throw new ShapeError(`${where}: ${problem}`);
};

export const text: Shape<string> = (value, where) =>
  typeof value === 'string' ? value : fail(where, `a text is expected, not ${JSON.stringify(value)}`);

export const whole: Shape<number> = (value, where) =>
  Number.isInteger(value) ? (value as number) : fail(where, `a whole number is expected, not ${JSON.stringify(value)}`);

export const flag: Shape<boolean> = (value, where) =>
  typeof value === 'boolean' ? value : fail(where, `true or false is expected, not ${JSON.stringify(value)}`);

/** For a field that is known and has no influence on what the simulator answers. */
export const anything: Shape<unknown> = (value) => value;

export const textOrWhole: Shape<string | number> = (value, where) =>
  typeof value === 'string' ? value : whole(value, where);

export const oneOf =
  <const T extends string>(...allowed: readonly T[]): Shape<T> =>
  (value, where) =>
    allowed.find((each) => each === value) ??
    fail(where, `one of ${allowed.join(', ')} is expected, not ${JSON.stringify(value)}`);

/** Missing and `null` are the same, as the API server reads them. */
export const optional =
  <T>(shape: Shape<T>): Shape<T | undefined> =>
  (value, where) =>
    value === undefined || value === null ? undefined : shape(value, where);

export const list =
  <T>(shape: Shape<T>): Shape<readonly T[]> =>
  (value, where) =>
    Array.isArray(value)
      ? value.map((each, index) => shape(each, `${where}[${index}]`))
      : fail(where, `a list is expected, not ${JSON.stringify(value)}`);

/** A value that must also be without a problem, in words; `false` where there is none. */
export const checked =
  <T>(shape: Shape<T>, problemOf: (value: T) => string | false | undefined): Shape<T> =>
  (value, where) => {
    const read = shape(value, where);
    const problem = problemOf(read);
    return problem ? fail(where, problem) : read;
  };

const record: Shape<Record<string, unknown>> = (value, where) =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : fail(where, `a map is expected, not ${JSON.stringify(value)}`);

export const mapOf =
  <T>(shape: Shape<T>): Shape<Readonly<Record<string, T>>> =>
  (value, where) =>
    Object.fromEntries(
      Object.entries(record(value, where)).map(([key, each]) => [key, shape(each, `${where}[${key}]`)]),
    );

/** A map of exactly these fields: any other one is refused, so that nothing that is written goes unread. */
export const fields =
  <const F extends Readonly<Record<string, Shape<unknown>>>>(
    known: F,
  ): Shape<{ readonly [K in keyof F]: Parsed<F[K]> }> =>
  (value, where) => {
    const given = record(value, where);
    for (const key of Object.keys(given)) {
      if (!Object.hasOwn(known, key)) fail(`${where}.${key}`, 'this field is not simulated');
    }
    return Object.fromEntries(
      Object.entries(known).map(([key, shape]) => [key, shape(given[key], `${where}.${key}`)]),
    ) as { readonly [K in keyof F]: Parsed<F[K]> };
  };
