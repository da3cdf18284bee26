import { z } from 'zod';

/** The least level of the lines that are written. */
export const logLevel = z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']);

export type LogLevel = z.output<typeof logLevel>;
