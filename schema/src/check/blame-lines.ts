import type { Since } from '../finding.ts';
import { git } from './git.ts';

const DAY_LENGTH = '2026-11-28'.length;
/** Lines that were indented, or moved as a block, keep their age. */
const THROUGH_MOVES = ['-w', '-C'];
const ENTRY = /^([0-9a-f]{40,64}) \d+ (\d+)/;

/**
 * Since when lines of a file stand in it as they do at `commit`, by line. Nothing for a line that is older than a shallow
 * clone, nor for what git cannot tell: nothing depends on it.
 */
export async function blameLines(
  { root, commit }: { root: string; commit: string },
  file: string,
  lines: Iterable<number>,
): Promise<Map<number, Since>> {
  const ranges = [...lines].map((line) => `-L${line},${line}`);
  try {
    const isShallow = (await git(root, ['rev-parse', '--is-shallow-repository'])).trim() === 'true';
    const blame = await git(root, ['blame', '--line-porcelain', ...THROUGH_MOVES, ...ranges, commit, '--', file]);
    return new Map(
      entriesOf(blame)
        .filter(({ isBoundary }) => !(isShallow && isBoundary))
        .map(({ line, since }) => [line, since]),
    );
  } catch {
    return new Map();
  }
}

/** Each begins with its commit and ends with the line, after a tab. */
function entriesOf(blame: string): { line: number; since: Since; isBoundary: boolean }[] {
  return blame.split(/^\t.*\n/m).flatMap((entry) => {
    const [, commit, line] = ENTRY.exec(entry) ?? [];
    const seconds = /^committer-time (\d+)$/m.exec(entry)?.[1];
    if (commit === undefined || seconds === undefined) return [];
    const day = new Date(Number(seconds) * 1000).toISOString().slice(0, DAY_LENGTH);
    return [{ line: Number(line), since: { day, commit }, isBoundary: /^boundary$/m.test(entry) }];
  });
}
