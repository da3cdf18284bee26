import { isAvailable, type VersionLine } from '@tributary/service-kit/sdl';
import type { GatewayConfig } from '../config/gateway-config.ts';
import type { ExampleDocument } from '../documents/read-documents.ts';
import { SANDBOX_ORIGIN } from '../http/cors-origins.ts';
import { documentLink } from './document-link.ts';
import { highlight } from './highlight.ts';
import { Html, html } from './html.ts';
import { contentHash } from './page-headers.ts';
import { startPageStyle } from './start-page-style.ts';
import { versions } from './versions.ts';

/** The only script: the copy buttons. */
const SCRIPT = `document.addEventListener('click', async ({ target }) => {
  if (!target.matches('button')) return;
  await navigator.clipboard.writeText(target.parentElement.querySelector('pre').textContent);
  target.textContent = 'Copied';
  setTimeout(() => { target.textContent = 'Copy'; }, 1500);
});`;

export const START_PAGE_POLICY = `default-src 'none'; style-src ${contentHash(startPageStyle)}; script-src ${contentHash(SCRIPT)}; img-src data:`;

export interface StartPageOptions {
  home: GatewayConfig['home'];
  introspection: boolean;
  corsOrigins: readonly string[];
  documents: readonly ExampleDocument[];
  /** Whether there is a REST API. */
  rest: boolean;
  /** The API's version lines at the moment; none where it has none. */
  lines: () => readonly VersionLine[];
}

/** The page at `/`: what is here, how to ask it, and where to explore. Everything that it needs is in it. */
export function startPage(options: StartPageOptions, origin: string): string {
  const { home } = options;
  const endpoint = `${origin}/graphql`;
  const cards = [
    ...explorers(options, endpoint),
    ...(options.rest ? [restCard(options.lines())] : []),
    ...home.links.map(({ title, href, description }) => card(title, href, description)),
  ];
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${home.title}</title>
<link rel="icon" href="data:,">
<style>${new Html(startPageStyle)}</style>
</head>
<body>
<main>
<header>${LOGO}<div><h1>${home.title}</h1><p class="endpoint">${endpoint}</p></div></header>
${cards.length === 0 ? '' : html`<h2>Explore</h2><nav class="cards">${cards}</nav>`}
<h2>Ask</h2>
${code(curlExample(endpoint))}
${versions(options.lines())}
${examples(options)}
</main>
<script>${new Html(SCRIPT)}</script>
</body>
</html>
`;
  return page.text;
}

const LOGO = new Html(`<svg viewBox="0 0 64 64" fill="none" stroke-width="5" stroke-linecap="round" aria-hidden="true">
<path d="M10 8c0 16 22 14 22 30" stroke="#38b6d9"/><path d="M54 8c0 16-22 14-22 30" stroke="#0b8db5"/>
<path d="M32 6v50" stroke="#0b6e8f"/></svg>`);

/** Of the version that who names none gets. */
function restCard(lines: readonly VersionLine[]): Html {
  const { major } = lines.find(({ state }) => state === 'ga') ?? lines.find(isAvailable) ?? { major: 1 };
  return card(
    'REST',
    `/v${major}/openapi.json`,
    'The REST API, as OpenAPI 3.1 describes it; ?version=3.0 for older tools.',
  );
}

/** Whether Sandbox has a page here: where its site may ask. */
export const hasSandbox = ({ introspection, corsOrigins }: StartPageOptions) =>
  introspection && corsOrigins.includes(SANDBOX_ORIGIN);

function explorers(options: StartPageOptions, endpoint: string): Html[] {
  if (!options.introspection) return [];
  const itsOwnSite = `${SANDBOX_ORIGIN}/sandbox/explorer?endpoint=${encodeURIComponent(endpoint)}`;
  return [
    card(
      'GraphiQL',
      '/graphiql',
      'Write and run operations here, without internet. The whole schema with its documentation.',
    ),
    ...(hasSandbox(options)
      ? [
          card('Apollo Sandbox', '/sandbox', "Apollo's explorer, in a frame. It comes from Apollo's site."),
          card('Sandbox on its own site', itsOwnSite, 'The same, where browsers let that site ask this host.'),
        ]
      : [card('Apollo Sandbox', itsOwnSite, `Apollo's explorer. First add ${SANDBOX_ORIGIN} to cors.origins.`)]),
  ];
}

const card = (title: string, href: string, description: string) =>
  html`<a class="card" href="${href}"><strong>${title}</strong><span>${description}</span></a>`;

const code = (content: Html) => html`<div class="code"><pre>${content}</pre><button type="button">Copy</button></div>`;

/** `name` in backticks as code. */
const withCode = (text: string): (Html | string)[] =>
  text.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part));

const curlExample = (endpoint: string) =>
  html`curl ${endpoint} \\\n  -H 'content-type: application/json' \\\n  -d '{ "query": "{ __typename }" }'`;

/** Pages in which an operation can be opened. */
const editors = (options: StartPageOptions) => [
  ...(options.introspection ? [{ title: 'GraphiQL', path: '/graphiql' }] : []),
  ...(hasSandbox(options) ? [{ title: 'Sandbox', path: '/sandbox' }] : []),
];

function examples(options: StartPageOptions): Html[] {
  const { documents } = options;
  if (documents.length === 0) return [];
  const apps = Map.groupBy(documents, ({ app }) => app);
  return [
    html`<h2>Operations</h2><p class="soft">What applications of this graph really send.</p>`,
    ...apps
      .entries()
      .map(
        ([app, ofApp]) =>
          html`<h3>${app}</h3><section>${ofApp.map((document) => example(document, options))}</section>`,
      ),
  ];
}

const example = (document: ExampleDocument, options: StartPageOptions) =>
  html`<details><summary><span class="kind ${document.type}">${document.type}</span><strong>${document.name}</strong><span>${withCode(document.description)}</span></summary>
<div class="body">${code(highlight(document.text))}${document.variables === undefined ? '' : html`<p class="soft">Variables, for example</p>${code(html`${document.variables}`)}`}${editors(options).map(({ title, path }) => html`<a class="open" href="${documentLink(path, document)}">Open in ${title} →</a>`)}</div></details>`;
