/** `@stream` on a list, at one place of the document. */
export interface StreamUsage {
  /** As the client wrote it. */
  readonly label: string | undefined;
  /** So many items are delivered with what is around the list. A variable's value is nothing to a plan. */
  readonly initialCount: number | { readonly variable: string };
}
