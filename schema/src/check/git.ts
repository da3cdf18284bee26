import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { SourceError } from '../subgraphs.ts';

const MAX_OUTPUT_BYTES = 256 * 1024 ** 2;

/**
 * What git says in the folder `root`.
 *
 * @throws SourceError with what git says is wrong
 */
export async function git(root: string, args: readonly string[]): Promise<string> {
  try {
    return (await promisify(execFile)('git', ['-C', root, ...args], { maxBuffer: MAX_OUTPUT_BYTES })).stdout;
  } catch (error) {
    const { code, stderr = '' } = error as { code?: unknown; stderr?: string };
    throw new SourceError(code === 'ENOENT' ? 'git is not installed.' : `git ${args[0]} failed: ${stderr.trim()}`);
  }
}
