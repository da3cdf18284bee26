import type { VersionLine } from '@tributary/service-kit/sdl';
import type { OperationReply, OperationRequest } from '../http/operation-request.ts';
import { type IsThere, setLineHeaders } from './line-headers.ts';
import { lineOfRequest, VERSION_HEADER } from './line-of-request.ts';
import { pathBelowLine } from './path-below-line.ts';
import type { ServedLines } from './served-lines.ts';
import type { VersionLines } from './version-lines.ts';

export interface FoundLine {
  readonly line: VersionLine;
  /** The table that it was found in. */
  readonly table: VersionLines;
}

/**
 * The version that a request asks for, by its path or `x-api-version`. Its access line names it, and its answer says when
 * it ends. A retired one is found, too: see `refuseRetired`.
 *
 * @param isThere see `setLineHeaders`
 * @throws CodedError as `lineOfRequest`
 */
export function findLine(
  { current: table, documentation }: ServedLines,
  { params, headers, accessFields, raw }: Pick<OperationRequest, 'params' | 'headers' | 'accessFields' | 'raw'>,
  reply: Pick<OperationReply, 'header'>,
  isThere?: IsThere,
): FoundLine {
  const { major } = params as { major?: string };
  const line = lineOfRequest(table, major, headers[VERSION_HEADER]);
  accessFields.line = String(line.major);
  const path = major === undefined ? '/graphql' : pathBelowLine(raw.url);
  setLineHeaders(reply, line, { lines: table, documentation }, path, isThere);
  return { line, table };
}
