import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { allServices } from '../bundle/all-services.ts';

interface Step {
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
}
interface Job {
  needs?: string | string[];
  permissions?: Record<string, string>;
  'timeout-minutes'?: number;
  strategy?: { matrix: { service: string } };
  uses?: string;
  steps?: Step[];
}
interface Workflow {
  name: string;
  permissions?: Record<string, string>;
  jobs: Record<string, Job>;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(root, '.github/workflows');
const workflow = (name: string) => parse(readFileSync(join(folder, name), 'utf8')) as Workflow;
const workflows = readdirSync(folder).map(workflow);
const jobs = workflows.flatMap(({ name, jobs }) =>
  Object.entries(jobs).map(([job, rest]) => ({ name: `${name} ${job}`, ...rest })),
);
const stepsOf = (job: Job | undefined) => job?.steps ?? [];

describe('every workflow', () => {
  test.each(workflows)('$name gives no right to all of its jobs', ({ permissions }) => {
    expect(permissions).toEqual({});
  });

  test.each(jobs)('$name has the rights that it needs alone', ({ name, permissions }) => {
    const publishes = name === 'release image' || name === 'release charts';
    expect(permissions).toEqual({
      contents: 'read',
      ...(publishes ? { packages: 'write', 'id-token': 'write' } : {}),
    });
  });

  test.each(jobs.filter(({ uses }) => uses === undefined))(
    '$name names actions by their commit, keeps no token, and ends',
    (job) => {
      for (const { uses, with: inputs } of stepsOf(job)) {
        if (uses === undefined) continue;
        expect(uses).toMatch(/^[\w-]+\/[\w-]+@[\da-f]{40}$/);
        if (uses.startsWith('actions/checkout@')) expect(inputs?.['persist-credentials']).toBe(false);
      }
      expect(job['timeout-minutes']).toBeGreaterThan(0);
    },
  );

  test.each(jobs)('$name puts nothing that somebody else writes into a shell', (job) => {
    for (const { run = '' } of stepsOf(job)) expect(run).not.toContain('${{');
  });
});

test('a change passes .ci/run, with the history that its checks compare with', () => {
  const steps = stepsOf(workflow('ci.yml').jobs.check);
  expect(steps.at(-1)?.run).toBe('.ci/run');
  expect(steps[0]?.with?.['fetch-depth']).toBe(0);
});

describe('a release', () => {
  const { check, plan, image, charts } = workflow('release.yml').jobs;
  const place = (found: (step: Step) => boolean | undefined) => stepsOf(image).findIndex(found);

  test('builds an image of each service, after all checks, and charts after all images', () => {
    expect(check?.uses).toBe('./.github/workflows/ci.yml');
    expect(image?.needs).toEqual(['check', 'plan']);
    expect(charts?.needs).toBe('image');
    expect(image?.strategy?.matrix.service).toMatch(/fromJSON\(needs\.plan\.outputs\.services\)/);
    expect(stepsOf(plan).some(({ run }) => run?.includes('npm run --silent bundle -- --list'))).toBe(true);
    const subgraphs = readdirSync(join(root, 'subgraphs')).filter((name) => !name.startsWith('_'));
    expect(allServices(root)).toEqual(['gateway', 'tools', ...subgraphs]);
  });

  test('names its base image by digest', () => {
    expect(stepsOf(plan).some(({ run }) => run?.includes('node-image=node:24-bookworm-slim@$digest'))).toBe(true);
    expect(stepsOf(image).some(({ run }) => run?.includes('--build-arg NODE_IMAGE'))).toBe(true);
  });

  test('scans both platforms before it pushes, by the policy file, and signs what it pushed', () => {
    const scans = stepsOf(image).flatMap(({ uses, with: inputs }, index) =>
      uses?.startsWith('aquasecurity/trivy-action@') ? [{ index, ...inputs }] : [],
    );
    const push = place(({ run }) => run?.includes('--push'));
    const sign = place(({ run }) => run?.startsWith('cosign sign'));
    expect(scans).toMatchObject([
      { 'image-ref': 'candidate:amd64', 'trivy-config': 'trivy.yaml' },
      { 'image-ref': 'candidate:arm64', 'trivy-config': 'trivy.yaml' },
    ]);
    for (const { index } of scans) expect(index).toBeLessThan(push);
    expect(push).toBeLessThan(sign);
    expect(stepsOf(image)[push]?.run).toMatch(/--platform linux\/amd64,linux\/arm64 --sbom=true --provenance=mode=max/);
    expect(stepsOf(image)[sign]?.run).toContain('$IMAGE@');
  });

  test('publishes and signs every chart', () => {
    const run = stepsOf(charts).at(-1)?.run;
    expect(run).toContain('for chart in charts/service istio charts/tributary');
    expect(run).toMatch(/helm push[\s\S]*cosign sign/);
  });
});

test('the policy of the scan stops what is grave and has a fix, and every exception ends', () => {
  const policy = parse(readFileSync(join(root, 'trivy.yaml'), 'utf8'));
  expect(policy).toMatchObject({
    severity: ['HIGH', 'CRITICAL'],
    'exit-code': 1,
    vulnerability: { 'ignore-unfixed': true },
    ignorefile: '.trivyignore.yaml',
  });
  const { vulnerabilities } = parse(readFileSync(join(root, policy.ignorefile), 'utf8'));
  for (const exception of vulnerabilities) {
    expect(exception).toMatchObject({ id: expect.any(String), statement: expect.stringMatching(/\w{4}/) });
    expect(String(exception.expired_at)).toMatch(/^\d{4}-\d\d-\d\d/);
  }
});
