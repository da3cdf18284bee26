import { errorsText } from '../executor/errors-text.ts';
import type { IncrementalFormat } from '../http/accept.ts';
import type { IncrementalUpdate, PendingPart } from './incremental-result.ts';

/** Members of the first payload beside `data` and `errors`. */
export const firstMembers = (pending: readonly PendingPart[], format: IncrementalFormat): string[] =>
  format === 'v0.2' ? [`"pending":${JSON.stringify(pending)}`, '"hasNext":true'] : ['"hasNext":true'];

/**
 * A later payload as JSON text, on one line; undefined where the format has nothing to say of it.
 *
 * @param format `v0.2`: as the specification's draft has it, https://specs.apollo.dev/incremental/v0.2; `20220824`: as it
 *   was before, with a path in place of an id
 */
export function payloadText(
  update: IncrementalUpdate,
  format: IncrementalFormat,
  requestId: string,
): string | undefined {
  return format === 'v0.2' ? currentText(update, requestId) : formerText(update, requestId);
}

function currentText({ pending, incremental, completed, hasNext }: IncrementalUpdate, requestId: string): string {
  const data = incremental.map(({ part: { id }, subPath, data, errors }) =>
    objectOf(
      `"id":${JSON.stringify(id)}`,
      subPath.length > 0 && `"subPath":${JSON.stringify(subPath)}`,
      `"data":${data}`,
      errors.length > 0 && `"errors":${errorsText(errors, requestId)}`,
    ),
  );
  const ends = completed.map(({ part: { id }, errors }) =>
    objectOf(`"id":${JSON.stringify(id)}`, errors !== undefined && `"errors":${errorsText(errors, requestId)}`),
  );
  return objectOf(
    pending.length > 0 && `"pending":${JSON.stringify(pending)}`,
    data.length > 0 && `"incremental":[${data}]`,
    ends.length > 0 && `"completed":[${ends}]`,
    `"hasNext":${hasNext}`,
  );
}

function formerText({ incremental, completed, hasNext }: IncrementalUpdate, requestId: string): string | undefined {
  const data = incremental.map(({ part: { path, label }, subPath, data, errors }) =>
    objectOf(
      `"data":${data}`,
      `"path":${JSON.stringify([...path, ...subPath])}`,
      label !== undefined && `"label":${JSON.stringify(label)}`,
      errors.length > 0 && `"errors":${errorsText(errors, requestId)}`,
    ),
  );
  const failed = completed.flatMap(({ part: { path, label }, errors }) =>
    errors === undefined
      ? []
      : objectOf(
          '"data":null',
          `"path":${JSON.stringify(path)}`,
          label !== undefined && `"label":${JSON.stringify(label)}`,
          `"errors":${errorsText(errors, requestId)}`,
        ),
  );
  const all = [...data, ...failed];
  if (all.length === 0 && hasNext) return undefined;
  return objectOf(all.length > 0 && `"incremental":[${all}]`, `"hasNext":${hasNext}`);
}

const objectOf = (...members: (string | false)[]): string => `{${members.filter((member) => member !== false)}}`;
