/** SDL by the name of its subgraph, and other files by their path from the root. */
export type CaseFiles = Readonly<Record<string, string>>;

export interface RuleCase {
  rule: string;
  /** What it shows, after "it". */
  name: string;
  files: CaseFiles;
  /** The coordinates that the rule reports, by file and place. */
  finds: readonly string[];
  /** Options as schema/lint.yaml gives them. */
  options?: Readonly<Record<string, readonly string[]>>;
}

/** A case with a single subgraph. */
export const oneSubgraph = (rule: string, name: string, sdl: string, finds: readonly string[]): RuleCase => ({
  ...{ rule, name, finds },
  files: { shop: sdl },
});
