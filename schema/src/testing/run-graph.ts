import { vi } from 'vitest';
import { runCli } from '../cli.ts';

/** The CLI in this process: what it said, on stdout and stderr, and its exit code. */
export async function runGraph(...args: string[]) {
  const said: string[] = [];
  const spies = (['log', 'error'] as const).map((name) =>
    vi.spyOn(console, name).mockImplementation((text) => void said.push(String(text))),
  );
  const code = await runCli(args).finally(() => {
    for (const spy of spies) spy.mockRestore();
  });
  return { code, text: said.join('\n') };
}
