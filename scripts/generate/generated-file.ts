export interface GeneratedFile {
  /** Relative to the root. */
  path: string;
  /** Undefined: it must not be there any more. */
  content: string | undefined;
}
