import { isAvailable, type VersionLine } from '@tributary/service-kit/sdl';
import { type Html, html } from './html.ts';

/** Which versions of the API there are and until when; previews are for those who know of them. */
export function versions(lines: readonly VersionLine[]): Html | string {
  const shown = lines.filter((line) => isAvailable(line) || line.state === 'retired');
  if (shown.length === 0) return '';
  return html`<h2 id="versions">Versions</h2><ul>${shown.map(
    (line) => html`<li><code>/v${String(line.major)}/graphql</code>: ${whatOf(line)}</li>`,
  )}</ul>`;
}

function whatOf({ state, deprecatedAt, sunsetAt }: VersionLine): string {
  if (state === 'ga') return 'generally available.';
  if (state === 'retired') return `retired. Its sunset was ${sunsetAt}.`;
  return `deprecated since ${deprecatedAt}; it may be retired from ${sunsetAt} on.`;
}
