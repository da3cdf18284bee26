import { errorsText } from '../executor/errors-text.ts';
import type { OperationResult } from '../executor/prepare-operation.ts';

/**
 * One result of several as JSON text, on one line. `extensions.eventId` is what a client gives back as
 * `extensions.lastEventId` to go on behind it; there only where the source can.
 */
export function resultText(
  { data, errors }: Pick<OperationResult, 'data' | 'errors'>,
  requestId: string,
  eventId: string | undefined,
): string {
  const extensions = eventId === undefined ? '' : `,"extensions":${JSON.stringify({ eventId })}`;
  if (errors.length === 0) return `{"data":${data}${extensions}}`;
  return `{"errors":${errorsText(errors, requestId)},"data":${data}${extensions}}`;
}
