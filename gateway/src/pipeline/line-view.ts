import { CodedError } from '@tributary/service-kit';
import type { VersionLine } from '@tributary/service-kit/sdl';
import type { Generation } from '../engine/generation.ts';
import type { SchemaView } from '../engine/schema-view.ts';
import type { VersionLines } from '../lines/version-lines.ts';
import { PlanningError } from '../planner/planning-error.ts';

/**
 * What a request of a version of the API sees of a supergraph; a promise where that is to be cut first, as a supergraph
 * that has come back was not there when the line was added.
 *
 * @throws CodedError SERVICE_UNAVAILABLE where it cannot be cut
 */
export const lineView = (
  generation: Generation,
  { major }: VersionLine,
  { served }: VersionLines,
): SchemaView | Promise<SchemaView> => generation.view(major) ?? cutNow(generation, major, served.length);

async function cutNow(generation: Generation, major: number, of: number): Promise<SchemaView> {
  try {
    await generation.cut([major], of);
  } catch (cause) {
    if (!(cause instanceof PlanningError)) throw cause;
    throw new CodedError('SERVICE_UNAVAILABLE', undefined, { cause });
  }
  return generation.view(major) as SchemaView;
}
