import { spawnSync } from 'node:child_process';
import type { JsonSchema } from '../../packages/service-kit/src/index.ts';
import type { GeneratedFile } from '../generate/generated-file.ts';
import { incompatibilities } from './incompatibilities.ts';

/** What a published schema is compared with: what is committed, what was before it, and what the main line has. */
const BASELINES = [['HEAD'], ['HEAD^'], ['merge-base', 'HEAD', 'origin/main'], ['merge-base', 'HEAD', 'main']] as const;

export interface BrokenPromises {
  findings: string[];
  /** How many earlier schemas there were to compare with; none without git, or in a first commit. */
  compared: number;
}

/**
 * Changes of published schemas that break those who hear the event, each against the versions of it that git has.
 *
 * @param schemas the schemas as they are now, as `eventSchemas` makes them
 * @throws Error when git is there and cannot read what it listed
 */
export function brokenPromises(root: string, schemas: readonly GeneratedFile[]): BrokenPromises {
  const findings = new Set<string>();
  let compared = 0;
  for (const commit of baselineCommits(root)) {
    const there = new Set(git(root, 'ls-tree', '-r', '--name-only', commit, '--', 'subgraphs')?.split('\n'));
    for (const { path, content } of schemas) {
      if (content === undefined || !there.has(path)) continue;
      const earlier = git(root, 'show', `${commit}:${path}`);
      if (earlier === undefined) throw new Error(`git cannot show ${path} of ${commit}`);
      compared += 1;
      for (const reason of brokenPromisesOf(JSON.parse(earlier), JSON.parse(content))) findings.add(reason);
    }
  }
  return { findings: [...findings], compared };
}

/** The same of one schema, with what to do. */
export function brokenPromisesOf(earlier: JsonSchema, now: JsonSchema): string[] {
  const type = String(now.title);
  const next = type.replace(/\d+$/, (major) => String(Number(major) + 1));
  return incompatibilities(earlier, now, 'event').map(
    (reason) => `${type} breaks what was published: ${reason}. Publish ${next} beside it, and leave ${type} as it was.`,
  );
}

function baselineCommits(root: string): string[] {
  const commits = BASELINES.map(([first, ...rest]) =>
    first === 'merge-base'
      ? git(root, first, ...rest)
      : git(root, 'rev-parse', '--verify', '--quiet', `${first}^{commit}`),
  );
  return [...new Set(commits.filter((commit) => commit !== undefined).map((commit) => commit.trim()))];
}

function git(root: string, ...args: string[]): string | undefined {
  const { status, stdout } = spawnSync('git', ['-C', root, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: 30_000,
  });
  return status === 0 ? stdout : undefined;
}
