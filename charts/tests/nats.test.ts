import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import type { KubernetesObject } from '../testing/kubernetes-object.ts';
import { renderChart } from '../testing/render-chart.ts';
import { UMBRELLA } from './value-cases.ts';

const { objects } = renderChart({ chart: UMBRELLA });
const of = (kind: string) =>
  objects.find((object) => object.kind === kind && object.metadata.name === 'tributary-nats') as KubernetesObject;

/** What the broker's container is told, where its Secret holds a token. */
function environment(token: string): Record<string, string> {
  const env: Record<string, string> = {};
  for (const { name, value = token } of of('StatefulSet').spec.template.spec.containers[0].env) {
    env[name] = value.replaceAll(/\$\((\w+)\)/g, (_: string, other: string) => env[other]);
  }
  return env;
}

describe.skipIf(inject('natsServer') === undefined)('the broker of the chart', () => {
  // A random token of letters and digits may be any of these.
  it.each(['abc', '9e5f', '12k', '7Gb', '12345', 'true'])('has a configuration with %s for its token', (token) => {
    const folder = mkdtempSync(join(tmpdir(), 'tributary-nats-chart-'));
    try {
      const file = join(folder, 'nats.conf');
      writeFileSync(file, of('ConfigMap').data['nats.conf']);
      const env = environment(token);
      const { status, stderr } = spawnSync(inject('natsServer') ?? '', ['-t', '--config', file], { env });
      expect([status, stderr.toString()]).toEqual([0, expect.stringContaining('is valid')]);
      // A text in quotes, as JSON has it, is the token itself.
      expect(JSON.parse(env.NATS_TOKEN ?? '')).toBe(token);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
