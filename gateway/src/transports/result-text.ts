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
  const clientErrors = errors.map(({ message, path, code }) => ({
    ...{ message, path },
    extensions: { code, requestId },
  }));
  return `{"errors":${JSON.stringify(clientErrors)},"data":${data}${extensions}}`;
}
