import type { DocumentLimits } from './document-limits.ts';

/** Inline fragments, fragments and the values of arguments nest, too: at each level of fields, so many are plenty. */
const PER_LEVEL = 5;

/** How far brackets, and fragments, may stand inside each other. */
export const maxNesting = ({ depth, introspectionDepth }: DocumentLimits): number =>
  PER_LEVEL * Math.max(depth, introspectionDepth);
