import type { VersionLine } from '@tributary/service-kit/sdl';
import type { OperationReply } from '../http/operation-request.ts';
import type { VersionLines } from './version-lines.ts';

export interface LineHeadersParts {
  readonly lines: VersionLines;
  /** See `ServedLines`. */
  readonly documentation: string;
}

/** Whether a version has a path, which begins below its `/v{n}`. */
export type IsThere = (line: VersionLine, path: string) => boolean;

/**
 * Says of a version that ends when it does and what takes its place: `Deprecation` (RFC 9745), `Sunset` (RFC 8594) and
 * `Link` with the relations `deprecation`, `sunset` and `successor-version` (RFC 5829). Of others it says nothing.
 *
 * @param path what is asked for below `/v{n}`, as it was sent: `/graphql`
 * @param isThere of a path that the version which follows does not have, no `successor-version` is said. Default: it has
 */
export function setLineHeaders(
  reply: Pick<OperationReply, 'header'>,
  line: VersionLine,
  { lines, documentation }: LineHeadersParts,
  path: string,
  isThere: IsThere = () => true,
): void {
  if (line.state !== 'deprecated' && line.state !== 'retired') return;
  const { deprecatedAt, sunsetAt } = line;
  const successor = lines.successorOf(line);
  const links = [
    ...(successor === undefined || !isThere(successor, path)
      ? []
      : [`</v${successor.major}${inLink(path)}>; rel="successor-version"`]),
    ...(deprecatedAt === undefined ? [] : [explainedAt(documentation, 'deprecation')]),
    ...(sunsetAt === undefined ? [] : [explainedAt(documentation, 'sunset')]),
  ];
  if (links.length > 0) reply.header('link', links.join(', '));
  if (deprecatedAt !== undefined) reply.header('deprecation', `@${Date.parse(deprecatedAt) / 1000}`);
  if (sunsetAt !== undefined) reply.header('sunset', new Date(sunsetAt).toUTCString());
}

/** A link for people. */
export const explainedAt = (documentation: string, rel: 'deprecation' | 'sunset'): string =>
  `<${documentation}>; rel="${rel}"; type="text/html"`;

/** What no URL has is encoded; what is already stays as it is. */
const inLink = (path: string): string => encodeURI(path).replaceAll('%25', '%');
