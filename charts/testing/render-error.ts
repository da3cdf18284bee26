/** Helm refused a chart or its values, or warned of them. The message is its reason, without what surrounds it. */
export class RenderError extends Error {
  override readonly name = 'RenderError';

  /** @param stderr what Helm printed */
  constructor(stderr: string) {
    super(
      stderr
        .replace(/^Error: /m, '')
        .replace(/^execution error at \(.+?\): /, '')
        .replace(/\n*Use --debug flag to render out invalid YAML\s*$/, '')
        .trim(),
    );
  }
}
