import type { VersionLine } from '@tributary/service-kit/sdl';
import type { OperationReply } from '../pipeline/operation-request.ts';
import type { VersionLines } from './version-lines.ts';

export interface LineHeadersParts {
  readonly lines: VersionLines;
  /** See `ServedLines`. */
  readonly documentation: string;
}

/**
 * Says of a version that ends when it does and what takes its place: `Deprecation` (RFC 9745), `Sunset` (RFC 8594) and
 * `Link` with the relations `deprecation`, `sunset` and `successor-version` (RFC 5829). Of others it says nothing.
 *
 * @param path what is asked for below `/v{n}`: `/graphql`
 */
export function setLineHeaders(
  reply: Pick<OperationReply, 'header'>,
  line: VersionLine,
  { lines, documentation }: LineHeadersParts,
  path: string,
): void {
  if (line.state !== 'deprecated' && line.state !== 'retired') return;
  const { deprecatedAt, sunsetAt } = line;
  const successor = lines.successorOf(line);
  const links = [
    ...(successor === undefined ? [] : [`</v${successor.major}${encodeURI(path)}>; rel="successor-version"`]),
    ...(deprecatedAt === undefined ? [] : [`<${documentation}>; rel="deprecation"; type="text/html"`]),
    ...(sunsetAt === undefined ? [] : [`<${documentation}>; rel="sunset"; type="text/html"`]),
  ];
  if (links.length > 0) reply.header('link', links.join(', '));
  if (deprecatedAt !== undefined) reply.header('deprecation', `@${Date.parse(deprecatedAt) / 1000}`);
  if (sunsetAt !== undefined) reply.header('sunset', new Date(sunsetAt).toUTCString());
}
