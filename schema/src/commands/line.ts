import { resolve } from 'node:path';
import { LINES_SDL } from '@tributary/service-kit/sdl';
import { actionNamed } from '../action-named.ts';
import { WAIVERS } from '../check/waivers.ts';
import { parseFlags } from '../flags.ts';
import { FORMATS } from '../formats/formats.ts';
import { LINE_ACTIONS } from '../lines/line-actions.ts';
import { NOTICE_DAYS } from '../lines/sunset-findings.ts';
import { takePositionals } from '../positionals.ts';
import { repositoryRoot } from '../subgraphs.ts';
import { CHECK_CONFIG } from '../usage/read-check-config.ts';
import { type Command, UsageError } from './command.ts';

const OWN_FLAGS = { out: { type: 'string' }, sunset: { type: 'string' }, version: { type: 'string' } } as const;
const FLAGS = {
  ...OWN_FLAGS,
  root: { type: 'string', default: repositoryRoot },
  format: { type: 'string', default: 'text', oneOf: FORMATS },
} as const;

export const line: Command = {
  name: 'line',
  summary: 'lists, cuts, publishes, deprecates and retires the version lines of the API (schema/lines.yaml)',
  usage: `graph line list
graph line cut MAJOR [--out FILE]        the API of the line, from schema/supergraph.graphql, on stdout
graph line notes FROM TO                 what clients change from one line to another, as Markdown, on stdout
graph line add MAJOR                     a new line, as a preview
graph line publish MAJOR [--version V]   notes the digest of schema/supergraph.graphql, which must have the line
graph line ga MAJOR                      generally available, or no longer deprecated
graph line deprecate MAJOR --sunset DAY  from today on, until a day (YYYY-MM-DD) at least ${NOTICE_DAYS} days ahead
graph line retire MAJOR                  after its sunset, when the next two majors are generally available, and the
                                         usage store of ${CHECK_CONFIG} says that nobody asks for it
  --root FOLDER                          the repository, default this one
  --format ${FORMATS.join('|')}
A rule that refuses a change is a finding, and nothing is changed. ${WAIVERS} may let clients be left behind.

A subgraph says which elements belong to which lines. Its schema needs, with "@composeDirective" among what it imports
from federation:

${LINES_SDL}`,
  async run(args) {
    const { positionals, rest } = takePositionals(args, FLAGS);
    const flags = parseFlags(rest, FLAGS);
    const [name, ...operands] = positionals;
    const action = actionNamed(LINE_ACTIONS, 'graph line', name);
    for (const flag of Object.keys(OWN_FLAGS) as (keyof typeof OWN_FLAGS)[]) {
      if (flags[flag] !== undefined && action.flag !== flag)
        throw new UsageError(`graph line ${name} takes no --${flag}.`);
    }
    const { majors = 1 } = action;
    if (operands.length !== majors) throw new UsageError(`graph line ${name} takes ${OPERANDS[majors]}.`);
    const [major = 0, other = 0] = operands.map(majorFrom);
    return action.run({
      command: `graph line ${name}`,
      root: resolve(flags.root),
      major,
      other,
      value: action.flag === undefined ? undefined : flags[action.flag],
      format: flags.format,
    });
  },
};

const OPERANDS = ['nothing but flags', 'one major', 'two majors'] as const;

function majorFrom(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new UsageError(`A major is a whole number from 1, which ${text} is not.`);
  return Number(text);
}
