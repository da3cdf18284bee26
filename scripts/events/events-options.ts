import { parseArgs } from 'node:util';
import { ConfigError, nearest } from '../../packages/service-kit/src/index.ts';

export const COMMANDS = ['list', 'redrive', 'discard', 'replay'] as const;
export type Command = (typeof COMMANDS)[number];

export interface EventsOptions {
  command: Command;
  /** PostgreSQL, as the owner or as one service's role. Undefined: the data of `npm start`. */
  databaseUrl: string | undefined;
  /** What `npm start` keeps its data in. */
  dataFolder: string;
  service: string | undefined;
  eventId: string | undefined;
  type: string | undefined;
  subject: string | undefined;
  since: Date | undefined;
  until: Date | undefined;
  all: boolean;
}

const FLAGS = {
  database: { type: 'string' },
  data: { type: 'string', default: '.tributary' },
  service: { type: 'string' },
  event: { type: 'string' },
  type: { type: 'string' },
  subject: { type: 'string' },
  since: { type: 'string' },
  until: { type: 'string' },
  all: { type: 'boolean', default: false },
} as const;

export const USAGE = `Usage: npm run events -- COMMAND [FLAGS]
  list       dead letters: what a consumer could not handle. With --event also the message itself.
             RETRYING: it comes again by itself; STUCK: it should have, but has not for minutes
  redrive    has consumers try dead letters, and stuck ones, once more
  discard    forgets dead letters that nothing will ever handle
  replay     has a service publish events of its outbox again; consumers ignore those that they know

Which: --event ID, --type TYPE (list, redrive, discard: "none" for what is no event), --subject ID (replay),
       --since TIME, --until TIME (replay, ISO 8601), or --all
Where: --database postgres://… (or TRIBUTARY_DATABASE__URL), else the data of npm start: --data FOLDER, .tributary
       --service NAME    one service; replay needs it`;

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** @throws ConfigError that says what is wrong, with the usage */
export function eventsOptions(args: string[], databaseUrl: string | undefined): EventsOptions {
  const { values, positionals } = parse(args);
  const command = COMMANDS.find((each) => each === positionals[0]);
  if (command === undefined || positionals.length > 1) {
    const near = nearest(positionals[0] ?? '', COMMANDS);
    throw wrong(near === undefined ? `Say which command: ${COMMANDS.join(', ')}.` : `Did you mean ${near}?`);
  }
  const options: EventsOptions = {
    command,
    databaseUrl: values.database ?? databaseUrl,
    dataFolder: values.data,
    service: values.service,
    eventId: values.event,
    type: values.type,
    subject: values.subject,
    since: time('since', values.since),
    until: time('until', values.until),
    all: values.all,
  };
  refuseUnfit(options);
  return options;
}

function parse(args: string[]) {
  try {
    return parseArgs({ args, options: FLAGS, allowPositionals: true });
  } catch (error) {
    throw wrong((error as Error).message);
  }
}

function refuseUnfit({ command, eventId, type, subject, since, until, all, service }: EventsOptions): void {
  if (eventId !== undefined && !UUID.test(eventId)) throw wrong('--event takes the id of an event.');
  const filters = [eventId, type, subject, since, until].filter((each) => each !== undefined);
  if (command !== 'replay' && (subject ?? since ?? until) !== undefined) {
    throw wrong('--subject, --since and --until are for replay.');
  }
  if (command === 'replay' && service === undefined) throw wrong('replay takes the --service that says the events.');
  if (command !== 'list' && filters.length === 0 && !all) throw wrong(`Say which to ${command}, or --all.`);
  if (filters.length > 0 && all) throw wrong('--all leaves nothing to choose.');
}

function time(flag: string, value: string | undefined): Date | undefined {
  if (value === undefined) return undefined;
  const date = new Date(value);
  if (Number.isNaN(date.getTime())) throw wrong(`--${flag} takes a time such as 2026-01-31T12:00:00Z.`);
  return date;
}

const wrong = (message: string) => new ConfigError(`${message}\n\n${USAGE}`);
