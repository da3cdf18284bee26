/** Who asks. `owner` is the customer whom everything in the graph belongs to; `other` is another one. */
export type Viewer = 'anonymous' | 'other' | 'owner' | 'admin';
export const VIEWERS: readonly Viewer[] = ['anonymous', 'other', 'owner', 'admin'];
