import { parseArgs } from 'node:util';
import { nearest } from '@tributary/service-kit';
import { check } from './commands/check.ts';
import { type Command, type ExitCode, UsageError } from './commands/command.ts';
import { compose } from './commands/compose.ts';
import { documents } from './commands/documents.ts';
import { line } from './commands/line.ts';
import { lint } from './commands/lint.ts';
import { mesh } from './commands/mesh.ts';
import { openapi } from './commands/openapi.ts';
import { plan } from './commands/plan.ts';
import { usage } from './commands/usage.ts';
import { FORMATS, formatReport } from './formats/formats.ts';
import { SourceError } from './subgraphs.ts';

/** Every command of `graph`, in the order of the help. */
const commands: readonly Command[] = [compose, check, lint, line, plan, documents, usage, openapi, mesh];

/** Runs the schema CLI; see ExitCode. */
export async function runCli(args: string[]): Promise<ExitCode> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === 'help') {
    console.log(help());
    return name === undefined ? 2 : 0;
  }
  const command = commands.find((candidate) => candidate.name === name);
  if (command === undefined) {
    const near = nearest(
      name,
      commands.map((candidate) => candidate.name),
    );
    console.error(`Unknown command ${name}${near === undefined ? '' : `; did you mean ${near}?`}\n\n${help()}`);
    return 2;
  }
  if (rest.includes('--help')) {
    console.log(command.usage);
    return 0;
  }
  try {
    return await command.run(rest);
  } catch (error) {
    if (error instanceof UsageError) console.error(`${error.message}\n\n${command.usage}`);
    else if (error instanceof SourceError) sayWhy(error, command, rest);
    else console.error(error);
    return 2;
  }
}

/** A place in a file is a report in the format that was asked for; all else is for a person. */
function sayWhy({ message, finding }: SourceError, { name }: Command, args: string[]): void {
  const { format } = parseArgs({ args, strict: false, options: { format: { type: 'string' } } }).values;
  if (finding === undefined || typeof format !== 'string' || format === 'text' || !FORMATS.includes(format))
    console.error(message);
  else console.log(formatReport({ command: `graph ${name}`, findings: [finding], summary: 'could not run' }, format));
}

const help = () =>
  `graph: the schema command line of Tributary\n\n${commands.map(({ name, summary }) => `  graph ${name.padEnd(10)} ${summary}`).join('\n')}\n\nExit codes: 0 clean, 1 findings that block, 2 could not run. graph COMMAND --help says more.`;
