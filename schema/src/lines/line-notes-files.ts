import { lineNotes } from './line-notes.ts';
import { readLines } from './read-lines.ts';

/** For each version line but the first what it changes, `docs/api-versions/v1-to-v2.md`; none where there is one line. */
export function lineNotesFiles(root: string, supergraphSdl: string): { path: string; content: string }[] {
  const { lines } = readLines(root);
  return lines.slice(1).map(({ major }, index) => {
    const from = (lines[index]?.major ?? major) as number;
    return { path: `docs/api-versions/v${from}-to-v${major}.md`, content: lineNotes(supergraphSdl, from, major) };
  });
}
