import { parseArgs } from 'node:util';

/** Where the graph is, by `--url`; undefined when the arguments are wrong. */
export function demoUrl(args: string[]): string | undefined {
  try {
    const { url } = parseArgs({ args, options: { url: { type: 'string', default: 'http://localhost:4000' } } }).values;
    return /^https?:/.test(url) && URL.canParse(url) ? url : undefined;
  } catch {
    return undefined;
  }
}
