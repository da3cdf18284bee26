import { runCli } from '../cli.ts';

const STREAMS = ['log', 'error'] as const;

/** The CLI in this process: what it said, on stdout and stderr, and its exit code. */
export async function runGraph(...args: string[]) {
  const said: string[] = [];
  const real = STREAMS.map((name) => console[name]);
  for (const name of STREAMS) console[name] = (text: unknown) => void said.push(String(text));
  try {
    const code = await runCli(args);
    return { code, text: said.join('\n') };
  } finally {
    for (const [index, name] of STREAMS.entries()) console[name] = real[index] as typeof console.log;
  }
}
