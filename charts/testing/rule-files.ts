import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { RuleGroup } from '../rules/rule.ts';

const FOLDER = 'observability/files/prometheus';
const SUFFIX = '.rules.yaml';

/** A rule file as it is shipped. */
export interface RuleFile {
  /** Without `.rules.yaml`. */
  name: string;
  path: string;
  groups: RuleGroup[];
}

export const readRuleFiles = (root: string): RuleFile[] =>
  readdirSync(join(root, FOLDER))
    .filter((file) => file.endsWith(SUFFIX))
    .sort()
    .map((file) => {
      const path = join(root, FOLDER, file);
      return { name: file.slice(0, -SUFFIX.length), path, groups: parse(readFileSync(path, 'utf8')).groups };
    });
