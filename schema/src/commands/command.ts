/** 0: clean. 1: findings that block. 2: could not run. */
export type ExitCode = 0 | 1 | 2;

export interface Command {
  name: string;
  /** One line for the list of commands. */
  summary: string;
  usage: string;
  run(args: string[]): Promise<ExitCode>;
}

/** The arguments are wrong: exit 2 with the usage. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
