import { isCollection, isMap, isScalar, LineCounter, type Pair, parseDocument, stringify, type YAMLMap } from 'yaml';
import { conventionalMeanings } from './conventional-meanings.ts';
import type { JsonSchema } from './json-schema.ts';

export interface ValueRow {
  /** `autoscaling.maxReplicas` */
  readonly key: string;
  /** As YAML on one line; undefined for a section, whose keys have rows of their own. */
  readonly defaultYaml: string | undefined;
  /** Empty where the section's says it all. */
  readonly description: string;
}

/**
 * Every value of a values.yaml, in its order, with what is written about it there.
 *
 * A section is an object whose keys the schema spells out in place; types with a name of their own, maps and lists are one
 * value. The description is the comment right above the key; else what the key means in every chart; else the comment of
 * the keys right above it, with which it makes a group.
 *
 * @param file named in errors
 * @throws for a value that none of them describes
 */
export function valueRows(valuesYaml: string, file: string, schema: JsonSchema): ValueRow[] {
  const lineCounter = new LineCounter();
  const { contents, errors } = parseDocument(valuesYaml, { lineCounter });
  if (errors[0] !== undefined) throw errors[0];
  if (!isMap(contents)) throw new Error('expected a mapping of values');
  const source = {
    file,
    lines: valuesYaml.split('\n'),
    lineOf: (offset: number) => lineCounter.linePos(offset).line - 1,
  };
  return rowsOf(contents, schema, source, '', false);
}

interface Source {
  readonly file: string;
  readonly lines: readonly string[];
  /** Counted from 0. */
  lineOf(offset: number): number;
}

function rowsOf(
  map: YAMLMap,
  schema: JsonSchema,
  source: Source,
  prefix: string,
  inDescribedSection: boolean,
): ValueRow[] {
  let group: { comment: string | undefined; lastLine: number } | undefined;
  return map.items.flatMap((pair) => {
    const { name, firstLine, lastLine } = placeOf(pair, source);
    const key = `${prefix}${name}`;
    const own = commentAbove(firstLine, source.lines);
    const ofGroup = group?.lastLine === firstLine - 1 ? group.comment : undefined;
    group = { comment: own ?? ofGroup, lastLine };

    const ownSchema = schema.properties?.[name];
    if (isMap(pair.value) && pair.value.items.length > 0 && ownSchema?.properties !== undefined) {
      const rows = rowsOf(pair.value, ownSchema, source, `${key}.`, inDescribedSection || own !== undefined);
      return own === undefined ? rows : [{ key, defaultYaml: undefined, description: own }, ...rows];
    }
    const description = own ?? conventionalMeaning(key) ?? ofGroup ?? (inDescribedSection ? '' : undefined);
    if (description === undefined)
      throw new Error(`${source.file}: ${key}: expected a comment above it that says what it is`);
    return [{ key, defaultYaml: onOneLine(pair.value), description }];
  });
}

function placeOf({ key, value }: Pair, { lineOf }: Source) {
  if (!isScalar(key) || !key.range) throw new Error('expected a plain key');
  const end = (isScalar(value) || isCollection(value)) && value.range ? value.range[1] - 1 : key.range[1];
  const firstLine = lineOf(key.range[0]);
  return { name: String(key.value), firstLine, lastLine: Math.max(firstLine, lineOf(end)) };
}

/** Without the marks between which a program writes. */
function commentAbove(line: number, lines: readonly string[]): string | undefined {
  const comment: string[] = [];
  for (let above = line - 1; /^\s*#/.test(lines[above] ?? ''); above--) {
    const text = (lines[above] ?? '').replace(/^\s*#\s?/, '').trim();
    if (!/^(BEGIN|END) /.test(text)) comment.unshift(text);
  }
  return comment.length === 0 ? undefined : comment.join(' ');
}

function conventionalMeaning(key: string): string | undefined {
  const parts = key.split('.');
  return conventionalMeanings[parts.slice(-2).join('.')] ?? conventionalMeanings[parts.at(-1) ?? ''];
}

function onOneLine(value: unknown): string {
  // Without the comments in it, which would break the line. A scalar keeps its quotes: `"Off"` is no boolean.
  const plain = isCollection(value) ? value.toJSON() : value;
  return stringify(plain, { version: '1.1', collectionStyle: 'flow', lineWidth: 0 }).trim();
}
