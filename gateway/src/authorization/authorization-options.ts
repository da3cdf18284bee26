import type { Policy } from '../config/authorization-config.ts';

/** As in the configuration; see there. */
export interface AuthorizationOptions {
  readonly onDenied: 'filter' | 'refuse';
  readonly policies: Readonly<Record<string, Policy>>;
}
