import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { lanes } from '../../scripts/testing/lanes.ts';
import { fileName, type LineFixture, lineFixtures } from './logging/fixtures.ts';
import { fluentdConfig, type Section, sectionsIn } from './logging/fluentd-config.ts';
import { fits, fluentdParameters } from './logging/fluentd-parameters.ts';

const FOLDER = fileURLToPath(new URL('../../observability/files/fluentd', import.meta.url));
const files = ['fluent.conf', 'containers.conf', 'documents.conf', 'elasticsearch.conf', 'metrics.conf'];
const read = (file: string) => readFileSync(join(FOLDER, file), 'utf8');
const configs = files.map((file) => [file, fluentdConfig(read(file), file)] as const);
const all = configs.flatMap(([, root]) => sectionsIn(root));

/** Sections that have no plugin, and say what they like. */
const free = new Set(['root', 'label', 'labels', 'record']);
const keyOf = ({ name, parameters }: Section): string =>
  parameters.has('@type') ? `${name} ${parameters.get('@type')}` : name;
const outputs = () => all.filter((section) => keyOf(section) === 'match elasticsearch');
const bufferOf = (output: Section) => output.sections.find(({ name }) => name === 'buffer')?.parameters;

describe('the configuration', () => {
  it.each(configs)('%s has parameters that its plugins know, with values that they take', (file, root) => {
    const wrong = sectionsIn(root).flatMap((section) => {
      if (free.has(section.name)) return [];
      const known = fluentdParameters[keyOf(section)];
      if (known === undefined) return [`${file}: <${keyOf(section)}> is unknown`];
      return [...section.parameters].flatMap(([name, value]) => {
        if (/^@(type|id|label|log_level)$/.test(name)) return [];
        const kind = known[name];
        if (kind === undefined) return [`${file}: <${keyOf(section)}> has no ${name}`];
        return fits(kind, value) ? [] : [`${file}: <${keyOf(section)}> ${name} ${value}`];
      });
    });
    expect(wrong).toEqual([]);
  });

  it('includes each of its files, and leads from label to label until Elasticsearch', () => {
    const included = [...(configs[0]?.[1].parameters.keys() ?? [])];
    expect(included).toEqual(files.slice(1).map((file) => `@include ${file}`));
    const labels = all.filter(({ name }) => name === 'label').map(({ argument }) => argument);
    const used = all.flatMap(({ parameters }) => [parameters.get('@label'), parameters.get('timeout_label')]);
    expect(new Set(labels)).toEqual(new Set([...used.filter((label) => label !== undefined), '@ERROR']));
  });

  it('has an id of its own for each plugin, by which its metrics are told apart', () => {
    const ids = all.flatMap(({ parameters }) => parameters.get('@id') ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(expect.arrayContaining(['container_logs', 'elasticsearch', 'elasticsearch_rejected']));
  });

  it('keeps lines in files, offers them for a bounded time with longer and longer pauses, and then keeps them elsewhere', () => {
    expect(outputs()).toHaveLength(2);
    for (const output of outputs()) {
      const buffer = bufferOf(output);
      expect(Object.fromEntries(buffer ?? [])).toMatchObject({
        '@type': 'file',
        retry_type: 'exponential_backoff',
        retry_max_interval: '60s',
        retry_timeout: expect.stringContaining('RETRY_TIMEOUT'),
        overflow_action: expect.stringMatching(/^(block|drop_oldest_chunk)$/),
      });
      expect(buffer?.has('retry_forever')).toBe(false);
      expect(output.sections.filter(({ name }) => name === 'secondary').map(keyOf)).toEqual([
        'secondary secondary_file',
      ]);
    }
    const places = outputs().map((output) => bufferOf(output)?.get('path'));
    expect(new Set(places).size).toBe(2);
  });

  it('makes documents with an id, so that a repetition is not a second one', () => {
    for (const { parameters } of outputs()) {
      expect(parameters.get('write_operation')).toBe('create');
      // Without an id the plugin drops what it should create.
      expect(parameters.get('id_key')).toBe('_hash');
      expect(parameters.get('remove_keys')).toBe('_hash');
      expect(parameters.get('unrecoverable_error_types')).not.toContain('es_rejected_execution_exception');
    }
    const genids = all.filter((section) => keyOf(section) === 'filter elasticsearch_genid');
    expect(genids.map(({ parameters }) => parameters.get('hash_id_key'))).toEqual(['_hash', '_hash']);
  });

  it('offers documents again without another pass through filters', () => {
    const [output] = all.filter(({ name, argument }) => name === 'label' && argument === '@OUTPUT');
    expect(output?.sections.map(({ name }) => name)).toEqual(['match']);
  });
});

describe.each<[string, string, string]>([
  ['a section that does not end', '<match **>\n', '<match> does not end'],
  ['another end', '<match **>\n</filter>\n', '</filter> ends <match>'],
  ['a parameter twice', '<a>\nx 1\nx 2\n</a>\n', 'x is given twice'],
  ['a parameter without a value', '<a>\nx\n</a>\n', 'x is no parameter'],
])('a configuration with %s', (_, text, message) => {
  it('is refused', () => expect(() => fluentdConfig(text, 'file')).toThrow(message));
});

/** Everything up to the documents, without Kubernetes and Elasticsearch: documents are lines of a file. */
const TRIED = `
@include containers.conf
<label @DOCUMENTS>
  <filter kubernetes.**>
    @type log_line
  </filter>
  <match kubernetes.**>
    @type file
    path "#{ENV['DOCUMENTS']}"
    append true
    <format>
      @type json
    </format>
    <buffer []>
      flush_mode immediate
    </buffer>
  </match>
</label>
`;

describe.skipIf(lanes.fluentd.find() === undefined)('a real Fluentd', () => {
  it.each(lineFixtures)('$name', async (fixture) => {
    const documents = await throughFluentd(fixture);
    expect(documents).toHaveLength(fixture.documents.length);
    for (const expected of fixture.documents) expect(documents).toContainEqual(expect.objectContaining(expected));
  });
});

async function throughFluentd({ file, documents }: LineFixture): Promise<object[]> {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-fluentd-'));
  const logs = join(folder, 'containers');
  mkdirSync(logs);
  for (const name of ['containers.conf', 'filter_log_line.rb', 'log_line.rb'])
    copyFileSync(join(FOLDER, name), join(folder, name));
  writeFileSync(join(folder, 'fluent.conf'), TRIED);
  writeFileSync(join(logs, fileName('tried')), file);
  const child = spawn(lanes.fluentd.find() ?? '', ['--config', join(folder, 'fluent.conf'), '--plugin', folder], {
    env: { ...process.env, CONTAINER_LOGS: logs, FLUENTD_STATE: folder, DOCUMENTS: join(folder, 'documents') },
    stdio: 'ignore',
  });
  try {
    const result = join(folder, 'documents.log');
    const endsMs = performance.now() + 20_000;
    const written = () => (existsSync(result) ? readFileSync(result, 'utf8').trimEnd().split('\n') : []);
    while (written().length < documents.length && performance.now() < endsMs) await delay(100);
    return written().map((line) => JSON.parse(line));
  } finally {
    child.kill('SIGTERM');
    await once(child, 'close');
    rmSync(folder, { recursive: true });
  }
}
