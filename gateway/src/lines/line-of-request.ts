import { CodedError } from '@tributary/service-kit';
import { isAvailable, type VersionLine } from '@tributary/service-kit/sdl';
import type { VersionLines } from './version-lines.ts';

/** An alias for the version in a path. */
export const VERSION_HEADER = 'x-api-version';

/**
 * Which version of the API a request is for. A retired one is found, too: see `refuseRetired`.
 *
 * @param inPath the `2` of `/v2/…`; undefined for a path without a version
 * @param inHeader the `x-api-version`, where there is one
 * @throws CodedError UNKNOWN_API_VERSION, or BAD_REQUEST where path and header name different ones
 */
export function lineOfRequest(
  lines: VersionLines,
  inPath: string | undefined,
  inHeader: string | readonly string[] | undefined,
): VersionLine {
  if (inPath !== undefined && inHeader !== undefined && inPath !== inHeader)
    throw new CodedError('BAD_REQUEST', `The path and ${VERSION_HEADER} name different versions.`);
  const named = inPath ?? inHeader;
  const line = named === undefined ? lines.unversioned : lines.find(String(named));
  if (line !== undefined) return line;
  throw new CodedError('UNKNOWN_API_VERSION', messageFor(lines, named === undefined));
}

/** @throws CodedError API_VERSION_RETIRED */
export function refuseRetired({ major, state }: VersionLine): void {
  if (state !== 'retired') return;
  throw new CodedError('API_VERSION_RETIRED', `Version ${major} of the API is retired.`);
}

/** Previews are for those who know of them. */
function messageFor({ all }: VersionLines, isUnnamed: boolean): string {
  const available = all.filter(isAvailable).map(({ major }) => major);
  if (isUnnamed) return 'No version of the API is generally available: name one in the path.';
  const served = available.length === 0 ? 'none is generally available' : `there is ${available.join(', ')}`;
  return `There is no such version of the API: ${served}.`;
}
