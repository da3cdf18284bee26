/** Who is answered first, and turned away last: mutations and known documents, whoever is signed in, all others. */
export const PRIORITIES = ['high', 'normal', 'low'] as const;

export type Priority = (typeof PRIORITIES)[number];

/** Behind white space, commas, a byte order mark and comments. Linear: a comment ends where a line does. */
const MUTATION = /^[\s,\uFEFF]*(?:#[^\n\r]*[\n\r][\s,\uFEFF]*)*mutation\b/;

/** Of a document that is not parsed yet: whether its first operation is one. */
export const beginsWithMutation = (query: string): boolean => MUTATION.test(query);

/** Of what there is only so much of, that those of a priority and below may take: the rest is kept for those above. */
export const SHARES: Readonly<Record<Priority, number>> = { high: 1, normal: 0.85, low: 0.7 };

export interface Asker {
  readonly isMutation: boolean;
  readonly isKnownDocument: boolean;
  readonly isSignedIn: boolean;
}

export function priorityOf({ isMutation, isKnownDocument, isSignedIn }: Asker): Priority {
  if (isMutation || isKnownDocument) return 'high';
  return isSignedIn ? 'normal' : 'low';
}
