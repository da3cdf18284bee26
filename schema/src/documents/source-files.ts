import { existsSync, globSync, readdirSync, statSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { SourceError } from '../subgraphs.ts';
import { SCRIPT_LANGUAGES } from './script-module.ts';
import { GRAPHQL_ENDINGS } from './source-modules.ts';

/**
 * The files that a folder or a glob names and that can have GraphQL documents, absolute, by name; without installed
 * packages, hidden folders and declarations of types.
 *
 * @throws SourceError when there are none.
 */
export function sourceFiles(pattern: string): string[] {
  const isFolder = existsSync(pattern) && statSync(pattern).isDirectory();
  const named = isFolder ? filesBelow(resolve(pattern)) : existsSync(pattern) ? [pattern] : globSync(pattern);
  const files = named.map((file) => resolve(file)).filter(isSource);
  if (files.length === 0) throw new SourceError(`${pattern} names no file of ${ENDINGS.join(', ')}.`);
  return [...new Set(files)].sort();
}

const ENDINGS = [...GRAPHQL_ENDINGS, ...Object.keys(SCRIPT_LANGUAGES)];

const isSource = (file: string) =>
  ENDINGS.includes(extname(file)) &&
  !/\.d\.[cm]?ts$/.test(file) &&
  !file.split('/').includes('node_modules') &&
  statSync(file).isFile();

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === 'node_modules' || entry.name.startsWith('.')) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
