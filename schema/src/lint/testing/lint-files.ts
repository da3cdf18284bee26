import type { Finding } from '../../finding.ts';
import { temporaryRepository } from '../../testing/temporary-repository.ts';
import type { RuleSettings } from '../lint-config.ts';
import { lintRepository } from '../lint-repository.ts';
import type { CaseFiles } from './rule-case.ts';

/** What is found in a repository of these files. */
export function lintFiles(files: CaseFiles, settings: ReadonlyMap<string, RuleSettings>): Finding[] {
  const entries = Object.entries(files);
  const isPath = ([name]: [string, string]) => name.includes('/');
  using repository = temporaryRepository(Object.fromEntries(entries.filter((entry) => !isPath(entry))));
  for (const [path, text] of entries.filter(isPath)) repository.write(path, text);
  return lintRepository(repository.root, settings).findings;
}
