import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { nearest } from './nearest.ts';

const ENVIRONMENT_PREFIX = 'TRIBUTARY_';

/** The configuration is wrong. The message names each key and what is expected there, and never a value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

export interface ConfigSources {
  /** As messages call the whole of it. Default: `The configuration`. */
  name?: string;
  /** YAML files, later ones over earlier ones. */
  files?: readonly string[];
  /** Default: `process.env`. `TRIBUTARY_SERVER__PORT` sets `server.port`: `__` separates levels, case and `_` don't matter. */
  environment?: Record<string, string | undefined>;
  /** Set by the program itself, over files and environment. */
  overrides?: Record<string, unknown>;
}

/**
 * Reads a service's whole configuration once: files, then environment, then overrides; checked by `schema`, frozen.
 *
 * @throws ConfigError naming every wrong key; an unknown key comes with the nearest known one.
 */
export function loadConfig<S extends z.ZodObject>(schema: S, sources: ConfigSources = {}): z.output<S> {
  const merged: Record<string, unknown> = {};
  for (const file of sources.files ?? []) merge(merged, readYaml(file));
  const environment = environmentTree(schema, sources.environment ?? process.env);
  merge(merged, environment.tree);
  merge(merged, sources.overrides ?? {});

  const result = schema.safeParse(merged);
  const problems = [
    ...environment.problems,
    ...(result.success ? [] : result.error.issues.flatMap((issue) => describe(schema, issue))),
  ];
  if (problems.length > 0 || !result.success) {
    throw new ConfigError(
      `${sources.name ?? 'The configuration'} is wrong:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
    );
  }
  return deepFreeze(result.data);
}

function readYaml(file: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = parseYaml(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new ConfigError(`The configuration file ${file} cannot be read: ${whatIsWrong(error)}`);
  }
  if (parsed === null) return {};
  if (!isObject(parsed)) throw new ConfigError(`The configuration file ${file} must hold a map of keys at its top.`);
  return parsed;
}

// Its warnings quote the line as its errors do, and would go to standard error.
const parseYaml = (text: string): unknown => parse(text, { logLevel: 'error' });

/** A parser's message quotes the line, which may hold a secret: only the kind of error and its position are passed on. */
function whatIsWrong(error: unknown): string {
  const { code, linePos } = error as { code?: string; linePos?: [{ line: number; col: number }] };
  const place = linePos === undefined ? '' : ` at line ${linePos[0].line}, column ${linePos[0].col}`;
  return `${code ?? 'unknown error'}${place}`;
}

function environmentTree(schema: z.ZodType, environment: Record<string, string | undefined>) {
  const tree: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [name, value] of Object.entries(environment)) {
    if (!name.startsWith(ENVIRONMENT_PREFIX) || value === undefined) continue;
    const segments = name.slice(ENVIRONMENT_PREFIX.length).split('__');
    const target = resolvePath(schema, segments);
    if (target === undefined) {
      const known = leafPaths(schema).map((path) => ENVIRONMENT_PREFIX + path.map(upperSnake).join('__'));
      problems.push(`${name}: unknown variable${didYouMean(nearest(name, known))}`);
      continue;
    }
    try {
      // YAML would fold the lines of a PEM into one.
      const read: unknown = takesString(target.schema) || isPem(value) ? value : parseYaml(value);
      merge(tree, nest(target.path, read));
    } catch (error) {
      problems.push(`${name}: ${error instanceof ConfigError ? error.message : whatIsWrong(error)}`);
    }
  }
  return { tree, problems };
}

/** `a.b` and 1 → `{ a: { b: 1 } }`. */
const nest = (path: readonly string[], value: unknown) =>
  path.reduceRight((inner, key) => ({ [key]: inner }), value) as Record<string, unknown>;

/** Finds the configuration key that an environment variable's segments mean, by comparing names without case and `_`. */
function resolvePath(
  schema: z.ZodType,
  segments: readonly string[],
): { path: string[]; schema: z.ZodType } | undefined {
  let current = unwrap(schema);
  const path: string[] = [];
  for (const segment of segments) {
    const shape = shapeOf(current);
    if (shape !== undefined) {
      const key = Object.keys(shape).find((name) => name.toLowerCase() === segment.replaceAll('_', '').toLowerCase());
      if (key === undefined) return undefined;
      path.push(key);
      current = unwrap(shape[key]);
    } else if (current instanceof z.ZodRecord) {
      path.push(segment.toLowerCase());
      current = unwrap(current.valueType as z.ZodType);
    } else return undefined;
  }
  return { path, schema: current };
}

function leafPaths(schema: z.ZodType): string[][] {
  const shape = shapeOf(unwrap(schema));
  if (shape === undefined) return [[]];
  return Object.entries(shape).flatMap(([key, value]) => leafPaths(value).map((path) => [key, ...path]));
}

/** The keys of a map, or those of all the maps that a union chooses from; undefined for what has no fixed keys. */
function shapeOf(schema: z.ZodType | undefined): Record<string, z.ZodType> | undefined {
  if (schema instanceof z.ZodObject) return schema.shape;
  if (!(schema instanceof z.ZodUnion)) return undefined;
  const shapes = schema.options.map((option) => shapeOf(unwrap(option as z.ZodType)));
  if (shapes.some((shape) => shape === undefined)) return undefined;
  return Object.assign({}, ...shapes.toReversed());
}

const upperSnake = (name: string) => name.replaceAll(/([A-Z])/g, '_$1').toUpperCase();

const isPem = (value: string) => /^-----BEGIN /m.test(value);

function takesString(schema: z.ZodType): boolean {
  if (schema instanceof z.ZodUnion) return schema.options.every((option) => takesString(unwrap(option as z.ZodType)));
  return schema instanceof z.ZodString || schema instanceof z.ZodStringFormat || schema instanceof z.ZodEnum;
}

/** The schema behind defaults, optionals and transforms, which is where keys and kinds are seen. */
function unwrap(schema: z.ZodType | undefined): z.ZodType {
  let current = schema as z.ZodType;
  for (;;) {
    if (
      current instanceof z.ZodDefault ||
      current instanceof z.ZodPrefault ||
      current instanceof z.ZodOptional ||
      current instanceof z.ZodNullable
    ) {
      current = current.def.innerType as z.ZodType;
    } else if (current instanceof z.ZodPipe) current = current.def.in as z.ZodType;
    else return current;
  }
}

function describe(schema: z.ZodType, issue: z.core.$ZodIssue): string[] {
  const place = issue.path.map(String).join('.');
  if (issue.code !== 'unrecognized_keys') return [`${place || '(top)'}: ${issue.message}`];
  const known = Object.keys(shapeOf(schemaAt(schema, issue.path.map(String))) ?? {});
  return issue.keys.map(
    (key) => `${place === '' ? key : `${place}.${key}`}: unknown key${didYouMean(nearest(key, known))}`,
  );
}

function schemaAt(schema: z.ZodType, path: readonly string[]): z.ZodType | undefined {
  let current: z.ZodType | undefined = unwrap(schema);
  for (const key of path) {
    const shape = shapeOf(current);
    if (shape !== undefined) current = unwrap(shape[key]);
    else if (current instanceof z.ZodRecord) current = unwrap(current.valueType as z.ZodType);
    else if (current instanceof z.ZodArray) current = unwrap(current.element as z.ZodType);
    else return undefined;
  }
  return current;
}

const didYouMean = (candidate: string | undefined) => (candidate === undefined ? '' : `; did you mean ${candidate}?`);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function merge(target: Record<string, unknown>, source: Record<string, unknown>): void {
  for (const [key, value] of Object.entries(source)) {
    if (key === '__proto__') throw new ConfigError('The configuration is wrong:\n  - __proto__: unknown key');
    const existing = Object.hasOwn(target, key) ? target[key] : undefined;
    if (isPlain(value)) {
      const copy = isPlain(existing) ? existing : {};
      merge(copy, value);
      target[key] = copy;
    } else if (value !== undefined) target[key] = value;
  }
}

const isPlain = (value: unknown): value is Record<string, unknown> =>
  isObject(value) && Object.getPrototypeOf(value) === Object.prototype;

function deepFreeze<T>(value: T): T {
  if (isPlain(value) || Array.isArray(value)) {
    for (const child of Object.values(value)) deepFreeze(child);
    Object.freeze(value);
  }
  return value;
}
