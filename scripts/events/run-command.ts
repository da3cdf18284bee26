import { ConfigError, type EventOperator } from '../../packages/service-kit/src/index.ts';
import type { EventsOptions } from './events-options.ts';

const DONE = {
  redrive: 'wanted back: the consumer tries each once more, within seconds when it runs',
  discard: 'discarded',
  replay: 'published again by the relay, within seconds when the service runs',
} as const;

/** Does what was asked and gives the lines to print. @throws ConfigError when there is no such service */
export async function runCommand(operator: EventOperator, options: EventsOptions): Promise<string[]> {
  const { command } = options;
  const services = await chosen(operator, options.service);
  if (command === 'list') return list(operator, services, options);
  const lines: string[] = [];
  for (const service of services) {
    const count = await operator[command](service, options);
    lines.push(`${service}: ${count} ${count === 1 ? 'event' : 'events'} ${DONE[command]}`);
  }
  return lines;
}

async function chosen(operator: EventOperator, service: string | undefined): Promise<string[]> {
  const services = await operator.services();
  if (service === undefined) return services;
  if (services.includes(service)) return [service];
  throw new ConfigError(`No service ${service} here, but: ${services.join(', ')}`);
}

async function list(operator: EventOperator, services: string[], options: EventsOptions): Promise<string[]> {
  const letters = (await Promise.all(services.map((service) => operator.deadLetters(service, options)))).flat();
  if (letters.length === 0) return [`No dead letters in ${services.join(', ')}.`];
  const rows = letters.map((letter) => [
    letter.consumer,
    letter.state,
    letter.reason,
    String(letter.attempts),
    letter.lastFailedAt.toISOString(),
    letter.eventId,
    letter.type ?? 'none',
    letter.error ?? '',
  ]);
  const table = columns([
    ['consumer', 'state', 'reason', 'attempts', 'last failed', 'event', 'type', 'error'],
    ...rows,
  ]);
  return options.eventId === undefined ? table : [...table, '', ...letters.map(({ body }) => body)];
}

function columns(rows: string[][]): string[] {
  const widths = rows[0]?.map((_, index) => Math.max(...rows.map((row) => row[index]?.length ?? 0))) ?? [];
  return rows.map((row) =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
