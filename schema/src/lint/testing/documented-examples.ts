import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../../subgraphs.ts';
import type { CaseFiles } from './rule-case.ts';

export interface DocumentedRule {
  name: string;
  /** The section without its heading. */
  text: string;
  bad: CaseFiles;
  good: CaseFiles;
}

/** The sections of schema/lint-rules.md, whose headings are rules' names, with their examples. */
export function documentedRules(): DocumentedRule[] {
  const [, ...sections] = readFileSync(join(repositoryRoot, 'schema/lint-rules.md'), 'utf8').split(/^## /m);
  return sections.map((section) => {
    const [, name = '', text = ''] = /^`([^`]+)`\n([\s\S]*)$/.exec(section) ?? [];
    const [, bad = '', good = ''] = /^Bad:\n([\s\S]*)^Good:\n([\s\S]*)$/m.exec(text) ?? [];
    return { name, text, bad: filesIn(bad), good: filesIn(good) };
  });
}

/** Code blocks hold files, each after a comment with its path; SDL without one is the only subgraph's. */
function filesIn(text: string): CaseFiles {
  const blocks = [...text.matchAll(/^```\w+\n([\s\S]*?)^```$/gm)].map(([, code = '']) => code);
  const files = blocks.flatMap((code) => {
    const [before = '', ...parts] = code.split(/^(?:#|\/\/) (subgraphs\/\S+)\n/m);
    const named = parts.flatMap((path, index) => (index % 2 === 0 ? [[path, parts[index + 1] ?? ''] as const] : []));
    return before.trim() === '' ? named : [['subgraphs/shop/schema.graphql', before] as const, ...named];
  });
  return Object.fromEntries(
    files.map(([path, code]) => [/^subgraphs\/(\w+)\/schema\.graphql$/.exec(path)?.[1] ?? path, code]),
  );
}
