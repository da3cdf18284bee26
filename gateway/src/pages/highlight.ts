import { escapeHtml, Html } from './html.ts';

/** What is what in GraphQL, as far as colours go; the group's name is the CSS class. */
const TOKENS =
  /(?<comment>#.*)|(?<string>"""[\s\S]*?"""|"(?:[^"\\\n]|\\.)*")|(?<variable>\$\w+)|(?<directive>@\w+)|(?<keyword>\b(?:query|mutation|subscription|fragment|on)\b)|(?<literal>\b(?:true|false|null|-?\d+(?:\.\d+)?)\b)|(?<type>\b[A-Z]\w*\b)/g;

/** A GraphQL document as HTML with its tokens marked. */
export function highlight(text: string): Html {
  let result = '';
  let end = 0;
  for (const match of text.matchAll(TOKENS)) {
    const [kind] = Object.entries(match.groups ?? {}).find(([, value]) => value !== undefined) ?? [''];
    result += `${escapeHtml(text.slice(end, match.index))}<span class="${kind}">${escapeHtml(match[0])}</span>`;
    end = match.index + match[0].length;
  }
  return new Html(result + escapeHtml(text.slice(end)));
}
