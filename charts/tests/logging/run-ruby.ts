import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { lanes } from '../../../scripts/testing/lanes.ts';

const SCRIPT = fileURLToPath(new URL('lines.rb', import.meta.url));

/** A line of a container runtime's file, taken apart by the expression of containers.conf. */
export interface RuntimeLine {
  time: string;
  stream: 'stdout' | 'stderr';
  logtag: 'P' | 'F';
  message: Buffer;
}

export interface TailRecord {
  /** A line; or, in its place, what is no line of a runtime. */
  message?: Buffer;
  unmatched_line?: Buffer;
  stream?: string;
  kubernetes?: object;
}

export interface ShapedLine {
  /** ISO 8601; null where the line has none of its own. */
  time: string | null;
  // biome-ignore lint/suspicious/noExplicitAny: a document of Elasticsearch
  document: Record<string, any>;
}

/** Lines without their newline. Null for what is no line of a runtime. */
export function runtimeLines(lines: readonly Buffer[]): (RuntimeLine | null)[] {
  const found: (Omit<RuntimeLine, 'message'> & { message: string })[] = run({
    lines: lines.map((line) => line.toString('base64')),
  });
  return found.map((line) => line && { ...line, message: Buffer.from(line.message, 'base64') });
}

/** What the plugin `log_line` makes of records. */
export const documentsOf = (records: readonly TailRecord[]): ShapedLine[] =>
  run({
    records: records.map((record) => ({
      ...record,
      ...(record.message && { message: record.message.toString('base64') }),
      ...(record.unmatched_line && { unmatched_line: record.unmatched_line.toString('base64') }),
    })),
  });

function run(input: object) {
  const ruby = lanes.ruby.find();
  if (ruby === undefined) throw new Error('there is no Ruby here');
  const { status, stdout, stderr } = spawnSync(ruby, [SCRIPT], {
    input: JSON.stringify(input),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}
