import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { kqlTerms } from './kql.ts';
import { logFields } from './log-fields.ts';

/** What stands for a value that only who searches knows: `x`, `NAME`, `…`. */
const PLACEHOLDER = /^(x|…|[A-Z]+(_[A-Z]+)?)$/;
/** Words, of which a line has one. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  level: ['trace', 'debug', 'info', 'warn', 'error', 'fatal'],
  outcome: ['success', 'refused', 'partial', 'failure'],
  operation_type: ['query', 'mutation', 'subscription'],
  transport: ['http', 'sse', 'multipart', 'websocket'],
  format: ['service', 'json', 'text', 'unparsed'],
};
/** What is a text of the code, as it is written or the beginning of it. */
const WRITTEN = ['message', 'code', 'audit_event', 'audit_outcome'];

/** All code that writes lines, as one text. */
export const codeOfServices = (root: string): string =>
  globSync('{gateway,packages/*,subgraphs/*}/src/**/*.ts', { cwd: root })
    .filter((file) => !file.endsWith('.test.ts'))
    .map((file) => readFileSync(join(root, file), 'utf8'))
    .join('\n');

/** Why a field would never be found in a document. */
export function fieldProblems(field: string, code: string): string[] {
  const flattened = [...logFields].find(([name, type]) => type === 'flattened' && field.startsWith(`${name}.`))?.[0];
  if (flattened === undefined) return logFields.has(field) ? [] : [`documents have no field ${field}`];
  if (flattened !== 'fields') return [];
  const [name = ''] = field.slice('fields.'.length).split('.');
  if (logFields.has(name)) return [`${name} is a field of its own, and not below fields`];
  return new RegExp(`\\b${name}\\b`).test(code) ? [] : [`no line has ${name}`];
}

/** Why Kibana could not read the query, or would never find a line by a part of it. */
export function kqlProblems(query: string, code: string): string[] {
  try {
    return kqlTerms(query).flatMap(({ field, values }) => {
      if (field === undefined) return values.join() === '*' ? [] : [`${values} is looked for in no field`];
      return [...fieldProblems(field, code), ...values.flatMap((value) => valueProblems(field, value, code))];
    });
  } catch (error) {
    return [(error as Error).message];
  }
}

function valueProblems(field: string, value: string, code: string): string[] {
  if (value === '*' || value === 'x') return [];
  if (WRITTEN.includes(field)) {
    const isWritten = value === '…' || ["'", '`', ' '].some((before) => code.includes(`${before}${value}`));
    return isWritten ? [] : [`no line has the ${field} ${value}`];
  }
  if (PLACEHOLDER.test(value)) return [];
  return WORDS[field]?.includes(value) === false ? [`${field} is never ${value}`] : [];
}
