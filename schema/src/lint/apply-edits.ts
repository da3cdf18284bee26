/** Replaces what stands from `start` until before `end`, in UTF-16 units of the file's text. */
export interface TextEdit {
  start: number;
  end: number;
  text: string;
}

/** Makes the edits, and no other change. Where two overlap, the later one is left for the next time. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  let result = '';
  let position = 0;
  for (const { start, end, text: replacement } of edits.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    if (start < position) continue;
    result += text.slice(position, start) + replacement;
    position = end;
  }
  return result + text.slice(position);
}
