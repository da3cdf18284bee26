import { type ConstDirectiveNode, TokenKind } from 'graphql';
import type { TextEdit } from './apply-edits.ts';

/** Takes a directive away with the space before it, its line too where it stands alone in it. */
export function removeDirective({ loc }: ConstDirectiveNode): TextEdit | undefined {
  const [before, after] = [loc?.startToken.prev, loc?.endToken.next];
  if (loc === undefined || before == null || after == null) return undefined;
  // What follows a comment has to stay in a line of its own.
  if (before.kind === TokenKind.COMMENT) return { start: loc.start, end: after.start, text: '' };
  return { start: before.end, end: loc.end, text: '' };
}
