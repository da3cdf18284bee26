import type { VersionLine } from '@tributary/service-kit/sdl';
import { type Document, isMap, parseDocument, type YAMLMap, YAMLSeq } from 'yaml';

/** The text of a `schema/lines.yaml` without lines. */
export const NO_LINES = `# The version lines of the API: its majors, and what is promised of each. graph line edits this file.
lines: []
`;

/** What a key becomes; undefined takes it away. */
export type LineChange = { [K in Exclude<keyof VersionLine, 'major'>]?: VersionLine[K] | undefined };

/**
 * The text of a `schema/lines.yaml` with one line changed, or added in its place; comments stay.
 *
 * @param text Valid.
 */
export function editLine(text: string, major: number, change: LineChange, isNew = false): string {
  const document = parseDocument(text);
  const list = listOf(document);
  const line = isNew ? addLine(document, list, major) : lineOf(list, major);
  for (const [key, value] of Object.entries(change)) {
    if (value === undefined) line.delete(key);
    else line.set(key, value);
  }
  return document.toString({ lineWidth: 0 });
}

function listOf(document: Document): YAMLSeq {
  const list = document.get('lines');
  if (list instanceof YAMLSeq) return list;
  throw new Error('lines.yaml was not checked');
}

function lineOf(list: YAMLSeq, major: number): YAMLMap {
  const line = list.items.find((item) => isMap(item) && item.get('major') === major);
  if (isMap(line)) return line;
  throw new Error(`there is no line ${major}`);
}

function addLine(document: Document, list: YAMLSeq, major: number): YAMLMap {
  const line = document.createNode({ major }) as YAMLMap;
  const later = list.items.findIndex((item) => isMap(item) && Number(item.get('major')) > major);
  list.items.splice(later === -1 ? list.items.length : later, 0, line);
  list.flow = false;
  return line;
}
