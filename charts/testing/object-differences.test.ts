import { expect, it } from 'vitest';
import type { KubernetesObject } from './kubernetes-object.ts';
import { objectDifferences } from './object-differences.ts';

const object = (kind: string, fields: object, metadata: object = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name: 'a', ...metadata },
  ...fields,
});

const service = (spec: object, metadata: object = {}): KubernetesObject[] => [object('Service', { spec }, metadata)];

it('names each place that differs', () => {
  const before = service({ ports: [{ port: 80 }, { port: 81 }], type: 'ClusterIP' });
  const after = service({ ports: [{ port: 80 }, { port: 82 }], selector: { app: 'a' } });
  expect(objectDifferences(before, after)).toEqual([
    'Service a: /spec/ports/1/port',
    'Service a: /spec/type',
    'Service a: /spec/selector',
  ]);
});

it("passes over what tells the chart's version, and checksums, but not over whether there are any", () => {
  const marked = (version: string) => ({
    labels: { 'helm.sh/chart': `a-${version}`, 'app.kubernetes.io/version': version },
    annotations: { 'checksum/config': version },
  });
  expect(objectDifferences(service({}, marked('1')), service({}, marked('2')))).toEqual([]);
  expect(objectDifferences(service({}, marked('1')), service({}, { ...marked('2'), annotations: {} }))).toEqual([
    'Service a: /metadata/annotations/checksum~1config',
  ]);
});

it('compares which keys a Secret has, not what they hold', () => {
  const secret = (data: object) => [object('Secret', { data })];
  expect(objectDifferences(secret({ key: 'a' }), secret({ key: 'b' }))).toEqual([]);
  expect(objectDifferences(secret({ key: 'a' }), secret({ token: 'a' }))).toEqual(['Secret a: /data/0']);
});
