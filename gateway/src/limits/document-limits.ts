/** How large a document may be. Each is checked once for each document, after it was parsed and before it is validated. */
export interface DocumentLimits {
  /** Lexical tokens; and as many comments. */
  readonly tokens: number;
  /** Levels of fields, fragments written out. */
  readonly depth: number;
  /** The same below `__schema` and `__type`, from the root on. */
  readonly introspectionDepth: number;
  /** Of one operation, fragments written out; `__typename` is a field like any other. */
  readonly aliases: number;
  /** Of one operation, fragments written out. */
  readonly rootFields: number;
  /** Of the whole document. */
  readonly directives: number;
  /** Of the whole document: fields and fragments, written out where they are spread. */
  readonly selections: number;
  /** Pairs of fields that have one response key at one place: validation compares each of them. */
  readonly duplicates: number;
}
