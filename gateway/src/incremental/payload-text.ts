import { errorsText } from '../executor/errors-text.ts';
import type { IncrementalUpdate, PendingPart } from '../executor/incremental-result.ts';
import type { ClientError } from '../executor/projection-run.ts';
import type { ResponsePath } from '../executor/targets.ts';
import type { IncrementalFormat } from '../http/accept.ts';

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
  extensions?: object,
): string | undefined {
  const more = extensions !== undefined && `"extensions":${JSON.stringify(extensions)}`;
  return format === 'v0.2' ? currentText(update, requestId, more) : formerText(update, requestId, more);
}

function currentText(
  { pending, incremental, completed, hasNext }: IncrementalUpdate,
  requestId: string,
  more: string | false,
): string {
  const data = incremental.map((one) =>
    objectOf(
      `"id":${JSON.stringify(one.part.id)}`,
      'subPath' in one && one.subPath.length > 0 && `"subPath":${JSON.stringify(one.subPath)}`,
      contentOf(one),
      one.errors.length > 0 && `"errors":${errorsText(one.errors, requestId)}`,
    ),
  );
  const ends = completed.map(({ part: { id }, errors }) =>
    objectOf(`"id":${JSON.stringify(id)}`, errors !== undefined && `"errors":${errorsText(errors, requestId)}`),
  );
  return objectOf(
    pending.length > 0 && `"pending":${JSON.stringify(pending)}`,
    data.length > 0 && `"incremental":[${data}]`,
    ends.length > 0 && `"completed":[${ends}]`,
    more,
    `"hasNext":${hasNext}`,
  );
}

function formerText(
  { incremental, completed, hasNext }: IncrementalUpdate,
  requestId: string,
  more: string | false,
): string | undefined {
  const entry = (content: string, { label }: PendingPart, path: ResponsePath, errors: readonly ClientError[]) =>
    objectOf(
      content,
      `"path":${JSON.stringify(path)}`,
      label !== undefined && `"label":${JSON.stringify(label)}`,
      errors.length > 0 && `"errors":${errorsText(errors, requestId)}`,
    );
  const data = incremental.map((one) => {
    const below = 'items' in one ? [one.index] : one.subPath;
    return entry(contentOf(one), one.part, [...one.part.path, ...below], one.errors);
  });
  const failed = completed.flatMap(({ part, errors, index }) => {
    if (errors === undefined) return [];
    if (index === undefined) return entry('"data":null', part, part.path, errors);
    return entry('"items":null', part, [...part.path, index], errors);
  });
  const all = [...data, ...failed];
  if (all.length === 0 && hasNext) return undefined;
  return objectOf(all.length > 0 && `"incremental":[${all}]`, more, `"hasNext":${hasNext}`);
}

const contentOf = (one: IncrementalUpdate['incremental'][number]): string =>
  'items' in one ? `"items":${one.items}` : `"data":${one.data}`;

const objectOf = (...members: (string | false)[]): string => `{${members.filter((member) => member !== false)}}`;
