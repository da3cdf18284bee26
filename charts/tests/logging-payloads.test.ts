import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { logMappings, rejectedMappings } from '../../observability/files/elasticsearch/mappings.ts';
import {
  indexTemplate,
  lifecyclePolicy,
  mappingsComponent,
  monitorRole,
  readerRole,
  settingsComponent,
  snapshotPolicy,
  snapshotRepository,
  tracesRole,
  user,
  writerRole,
} from '../../observability/files/elasticsearch/payloads.ts';
import type { Retention, Snapshots } from '../../observability/files/elasticsearch/settings.ts';
import { alertRules, rulePayload } from '../../observability/files/kibana/alert-rules.ts';
import type { SavedObject } from '../../observability/files/kibana/saved-object.ts';
import { savedObjects } from '../../observability/files/kibana/saved-objects.ts';
import { logFields } from '../testing/log-fields.ts';
import { fullSettings } from './logging/settings.ts';

const { stream, retention, snapshots } = fullSettings as typeof fullSettings & { snapshots: Snapshots };
const cold: Retention = { ...retention, warmAfter: '' };

/** What is sent, with the type that Elasticsearch's client has for it. `name` is in the path. */
const payloads: readonly [type: string, payload: object][] = [
  ['IlmPutLifecycleRequest', { name: 'p', ...lifecyclePolicy(retention) }],
  ['IlmPutLifecycleRequest', { name: 'p', ...lifecyclePolicy(cold) }],
  ['ClusterPutComponentTemplateRequest', { name: 'c', ...mappingsComponent(logMappings) }],
  ['ClusterPutComponentTemplateRequest', { name: 'c', ...mappingsComponent(rejectedMappings) }],
  ['ClusterPutComponentTemplateRequest', { name: 'c', ...settingsComponent(stream, 2, 1) }],
  ['IndicesPutIndexTemplateRequest', { name: 't', ...indexTemplate(stream) }],
  ['SlmPutLifecycleRequest', { policy_id: 's', ...snapshotPolicy(fullSettings, snapshots) }],
  ['SecurityPutRoleRequest', { name: 'r', ...writerRole(fullSettings) }],
  ['SecurityPutRoleRequest', { name: 'r', ...monitorRole() }],
  ['SecurityPutRoleRequest', { name: 'r', ...readerRole(fullSettings) }],
  ['SecurityPutRoleRequest', { name: 'r', ...tracesRole('tributary-jaeger-*') }],
  ['SecurityPutUserRequest', { username: 'u', ...user('a password', 'r') }],
  ['SnapshotRepository', snapshotRepository(snapshots)],
];

/** What TypeScript says of payloads, written out as literals: unknown fields are errors there. */
function typeErrors(checked: readonly [type: string, payload: object][]): string {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-payloads-'));
  const client = dirname(createRequire(import.meta.url).resolve('@elastic/elasticsearch/package.json'));
  const typescript = resolve(fileURLToPath(import.meta.url), '../../../node_modules/typescript/bin/tsc');
  try {
    const lines = checked.map(([type, payload]) => `(${JSON.stringify(payload)}) satisfies estypes.${type};`);
    writeFileSync(
      join(folder, 'payloads.ts'),
      `import type { estypes } from '@elastic/elasticsearch';\n${lines.join('\n')}\n`,
    );
    const compilerOptions = {
      noEmit: true,
      strict: true,
      skipLibCheck: true,
      target: 'es2024',
      module: 'esnext',
      moduleResolution: 'bundler',
      types: [],
      paths: { '@elastic/elasticsearch': [client] },
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['payloads.ts'] }));
    return spawnSync(process.execPath, [typescript, '--project', folder], { encoding: 'utf8' }).stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('what Elasticsearch is sent', () => {
  it("is of its client's types", () => {
    expect(typeErrors(payloads)).toBe('');
  });

  it('would not be, with a misspelt field or another value', () => {
    const errors = typeErrors([
      ['IndicesPutIndexTemplateRequest', { name: 't', ...indexTemplate(stream), priorty: 1 }],
      ['IlmPutLifecycleRequest', { name: 'p', policy: { phases: { hot: { actions: { rolover: {} } } } } }],
      ['SecurityPutRoleRequest', { name: 'r', cluster: ['moniter'] }],
    ]);
    expect(errors).toMatch(/priorty/);
    expect(errors).toMatch(/rolover/);
    expect(
      errors
        .trim()
        .split('\n')
        .filter((line) => line.includes('error TS')),
    ).toHaveLength(2);
  });

  it('is a template that goes over that of Elasticsearch itself, for this stream alone', () => {
    const template = indexTemplate(stream);
    expect(template.priority).toBeGreaterThan(100);
    expect(template.index_patterns).toEqual([stream]);
    expect(template.data_stream).toEqual({});
  });

  it('keeps lines hot, then only to be read, then no longer', () => {
    const { phases } = lifecyclePolicy(retention).policy;
    expect(Object.keys(phases)).toEqual(['hot', 'warm', 'delete']);
    expect(phases.delete).toEqual({ min_age: '30d', actions: { delete: {} } });
    expect(Object.keys(lifecyclePolicy(cold).policy.phases)).toEqual(['hot', 'delete']);
  });

  it('lets who writes lines do nothing else with them', () => {
    expect(writerRole(fullSettings).indices).toEqual([
      { names: [stream, fullSettings.rejectedStream], privileges: ['create_doc'] },
    ]);
  });
});

const objects = savedObjects(fullSettings);
const byId = new Map(objects.map((object) => [`${object.type} ${object.id}`, object]));
const attribute = (object: SavedObject, name: string) => JSON.parse(String(object.attributes[name]));
const meta = ({ attributes }: SavedObject) =>
  JSON.parse((attributes.kibanaSavedObjectMeta as { searchSourceJSON: string }).searchSourceJSON);

describe('what Kibana is given', () => {
  it('has a data view, a dashboard and a search for each question', () => {
    const ids = (type: string) => objects.filter((object) => object.type === type).map(({ id }) => id);
    expect(ids('index-pattern')).toEqual(['tributary-lines', 'tributary-rejected']);
    expect(ids('dashboard')).toEqual(['tributary-errors', 'tributary-slow', 'tributary-request', 'tributary-sign-ins']);
    expect(byId.size).toBe(objects.length);
  });

  it('refers to objects that are there, each by its own name', () => {
    for (const { id, references } of objects) {
      for (const { type, id: target } of references)
        expect(byId.has(`${type} ${target}`), `${id}: ${target}`).toBe(true);
      expect(new Set(references.map(({ name }) => name)).size).toBe(references.length);
    }
  });

  it('names its data view where searches look for it', () => {
    for (const object of objects.filter(({ type }) => type === 'search' || type === 'visualization')) {
      expect(object.references.map(({ name }) => name)).toEqual([meta(object).indexRefName]);
    }
  });

  it('shows fields that lines have', () => {
    for (const object of objects) {
      const used = new Set<unknown>();
      if (object.type === 'search') for (const column of object.attributes.columns as string[]) used.add(column);
      if (object.type === 'visualization') {
        for (const { params } of attribute(object, 'visState').aggs) if (params.field) used.add(params.field);
      }
      expect(
        [...used].filter((field) => !logFields.has(String(field))),
        object.id,
      ).toEqual([]);
    }
  });

  it('has dashboards whose panels are all named and do not overlap', () => {
    for (const object of objects.filter(({ type }) => type === 'dashboard')) {
      const taken = new Set<string>();
      for (const { gridData, panelRefName, panelIndex } of attribute(object, 'panelsJSON')) {
        expect(object.references.map(({ name }) => name)).toContain(`${panelIndex}:${panelRefName}`);
        expect(gridData.x + gridData.w).toBeLessThanOrEqual(48);
        for (let x = gridData.x; x < gridData.x + gridData.w; x++) {
          for (let y = gridData.y; y < gridData.y + gridData.h; y++) {
            expect(taken.has(`${x} ${y}`), `${object.id} ${panelIndex}`).toBe(false);
            taken.add(`${x} ${y}`);
          }
        }
      }
    }
  });

  it('has rules with ids that Kibana takes, queries of known fields, and connectors of the Basic licence', () => {
    for (const rule of alertRules) {
      expect(rule.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      const { whole } = rulePayload(rule, stream);
      expect(whole).toMatchObject({ rule_type_id: '.es-query', params: { index: [stream], timeField: '@timestamp' } });
      const asked = [...JSON.stringify(rule.query).matchAll(/"(?:term|match_phrase)":\{"([^"]+)"/g)].map(([, f]) => f);
      expect(asked.length).toBeGreaterThan(0);
      expect(asked.filter((field) => !logFields.has(String(field)))).toEqual([]);
    }
    expect(new Set(alertRules.map(({ id }) => id)).size).toBe(alertRules.length);
  });
});
