import { nearest } from '@tributary/service-kit';
import { UsageError } from './commands/command.ts';

/**
 * What a command of several actions is to do.
 *
 * @throws UsageError that names the nearest, or all of them.
 */
export function actionNamed<A>(actions: Readonly<Record<string, A>>, command: string, name: string | undefined): A {
  const names = Object.keys(actions);
  const action = name !== undefined && Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (action !== undefined) return action;
  const near = name === undefined ? undefined : nearest(name, names);
  if (near !== undefined) throw new UsageError(`${command} has no ${name}; did you mean ${near}?`);
  throw new UsageError(`${command} takes one of ${names.join(', ')}.`);
}
