import { resolve } from 'node:path';
import { actionNamed } from '../action-named.ts';
import { DOCUMENT_ACTIONS } from '../documents/document-actions.ts';
import { parseFlags } from '../flags.ts';
import { FORMATS } from '../formats/formats.ts';
import { takePositionals } from '../positionals.ts';
import { repositoryRoot } from '../subgraphs.ts';
import { type Command, UsageError } from './command.ts';

const OWN_FLAGS = { app: { type: 'string' }, reason: { type: 'string' } } as const;
const FLAGS = {
  ...OWN_FLAGS,
  root: { type: 'string', default: repositoryRoot },
  format: { type: 'string', default: 'text', oneOf: FORMATS },
} as const;

export const documents: Command = {
  name: 'documents',
  summary: 'extracts, registers, retires and lists the documents that applications send (schema/documents)',
  usage: `graph documents list
graph documents extract FOLDER|GLOB --app NAME    from the source files of an application
graph documents register APP FILE…                files of one operation each, which must be valid by the API
graph documents retire APP [OPERATION…] [--reason TEXT]
                                                  all of an application's, or some: nobody sends them any more
  --root FOLDER                                   the repository, default this one
  --format ${FORMATS.join('|')}
extract reads .graphql and .gql; and .js, .jsx, .ts, .tsx and the like: templates tagged gql or graphql, calls of them
with a text, and texts behind the comment /* GraphQL */. Interpolations are constants of the file, or of a file that it
imports. Fragments are found in all of the files, and written below each operation that needs them. It writes
schema/documents/NAME/, or nothing when something cannot be resolved; and it removes nothing, as older versions of the
application may send it. It does not look at the API: graph compose does.`,
  async run(args) {
    const { positionals, rest } = takePositionals(args, FLAGS);
    const flags = parseFlags(rest, FLAGS);
    const [name, ...operands] = positionals;
    const action = actionNamed(DOCUMENT_ACTIONS, 'graph documents', name);
    for (const flag of Object.keys(OWN_FLAGS) as (keyof typeof OWN_FLAGS)[]) {
      if (flags[flag] !== undefined && action.flag !== flag)
        throw new UsageError(`graph documents ${name} takes no --${flag}.`);
    }
    return action.run({
      command: `graph documents ${name}`,
      root: resolve(flags.root),
      operands,
      value: action.flag === undefined ? undefined : flags[action.flag],
      format: flags.format,
    });
  },
};
