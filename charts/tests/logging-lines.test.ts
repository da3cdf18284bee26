import { beforeAll, describe, expect, it } from 'vitest';
import { logMappings } from '../../observability/files/elasticsearch/mappings.ts';
import { createLogger } from '../../packages/service-kit/src/log/logger.ts';
import { lanes } from '../../scripts/testing/lanes.ts';
import { lineFixtures } from './logging/fixtures.ts';
import { documentsOf, type RuntimeLine, runtimeLines, type ShapedLine, type TailRecord } from './logging/run-ruby.ts';

/** The lines of a file, without their newlines. */
function linesOf(file: Buffer): Buffer[] {
  const lines = [];
  for (let from = 0; from < file.length; ) {
    const end = file.indexOf('\n', from);
    lines.push(file.subarray(from, end));
    from = end + 1;
  }
  return lines;
}

/**
 * Records of whole lines. The pieces of a line are put together here, as nothing but Fluentd's plugins do it: the lane
 * Fluentd shows that they do.
 */
function recordsOf(lines: readonly Buffer[], parsed: readonly (RuntimeLine | null)[]): TailRecord[] {
  const pieces = new Map<string, Buffer[]>();
  return parsed.flatMap((line, index): TailRecord[] => {
    if (line === null) return [{ unmatched_line: lines[index] ?? Buffer.alloc(0) }];
    const parts = [...(pieces.get(line.stream) ?? []), line.message];
    pieces.set(line.stream, line.logtag === 'P' ? parts : []);
    return line.logtag === 'P' ? [] : [{ message: Buffer.concat(parts), stream: line.stream }];
  });
}

/** Of every fixture by its name; Ruby is started twice for all of them. */
function shapeAll(): Map<string, { lines: (RuntimeLine | null)[]; shaped: ShapedLine[] }> {
  const files = lineFixtures.map(({ file }) => linesOf(file));
  const parsed = runtimeLines(files.flat());
  const lines = files.map((file) => parsed.splice(0, file.length));
  const records = files.map((file, index) => recordsOf(file, lines[index] ?? []));
  const documents = documentsOf(records.flat());
  return new Map(
    lineFixtures.map(({ name }, index) => [
      name,
      { lines: lines[index] ?? [], shaped: documents.splice(0, records[index]?.length) },
    ]),
  );
}

/** Field names as the mappings have them: below `fields`, `cause` and `labels` anything may be. */
function unknownFields(document: object, mappings: object = logMappings, path = ''): string[] {
  const { properties = {} } = mappings as { properties?: Record<string, object> };
  return Object.entries(document).flatMap(([name, value]) => {
    const field = properties[name];
    if (field === undefined) return [`${path}${name}`];
    return 'properties' in field ? unknownFields(value, field, `${path}${name}.`) : [];
  });
}

describe.skipIf(lanes.ruby.find() === undefined)("in Debian's Ruby", () => {
  let all: ReturnType<typeof shapeAll>;
  beforeAll(() => {
    all = shapeAll();
  });
  const of = (start: string) => {
    const found = [...all].find(([name]) => name.startsWith(start));
    if (found === undefined) throw new Error(`no fixture ${start}`);
    return found[1];
  };

  it.each(lineFixtures.filter(({ name }) => name !== 'a stack trace'))('$name', (fixture) => {
    const documents = of(fixture.name).shaped.map(({ document }) => document);
    expect(documents).toHaveLength(fixture.documents.length);
    for (const [index, document] of documents.entries()) expect(document).toMatchObject(fixture.documents[index] ?? {});
  });

  it('keeps the indentation by which a stack trace is known', () => {
    const texts = of('a stack trace').shaped.map(({ document }) => document.message);
    expect(texts.filter((text) => text.startsWith('\t'))).toHaveLength(4);
  });

  it('writes no field that the mappings do not know', () => {
    for (const [name, { shaped }] of all) {
      for (const { document } of shaped) expect(unknownFields(document), name).toEqual([]);
    }
  });

  it("has the line's own time where it says one, and the runtime's with all of its digits", () => {
    expect(of('an access line').shaped[0]?.time).toBe('2026-11-29T18:00:00.120Z');
    expect(of('garbage').shaped[0]?.time).toBeNull();
    expect(of('CRI-O').lines[0]?.time).toBe('2026-11-29T18:00:00.123456789Z');
  });

  it('knows a line of our logger, whatever is logged', () => {
    const written: string[] = [];
    const log = createLogger({ service: 'users', destination: { write: (text: string) => void written.push(text) } });
    log.error({ request_id: 'r', err: new TypeError('no', { cause: new Error('why') }), password: 'x' }, 'failed');
    log.warn({ session_id: 's', user: 'u' }, 'a refresh token was used twice: its session is ended');
    const lines = documentsOf(written.map((text) => ({ message: Buffer.from(text.trimEnd()), stream: 'stdout' })));
    expect(lines.map(({ document }) => document.format)).toEqual(['service', 'service']);
    expect(lines[0]?.document).toMatchObject({
      level: 'error',
      service: 'users',
      request_id: 'r',
      err: { message: expect.stringContaining('no'), stack: expect.stringContaining('at ') },
      fields: { password: '[redacted]' },
    });
    expect(lines[1]?.document).toMatchObject({ session_id: 's', user: 'u' });
    for (const { document } of lines) expect(unknownFields(document)).toEqual([]);
  });

  it('takes what it knows of a pod, and no more', () => {
    const kubernetes = {
      pod_name: 'p',
      namespace_name: 'shop',
      container_name: 'main',
      labels: { app: 'x' },
      master_url: 'https://api',
      namespace_id: 'orphaned',
    };
    const [line] = documentsOf([{ message: Buffer.from('x'), stream: 'stdout', kubernetes }]);
    const { master_url: _, namespace_id: __, ...kept } = kubernetes;
    expect(line?.document.kubernetes).toEqual(kept);
  });
});
