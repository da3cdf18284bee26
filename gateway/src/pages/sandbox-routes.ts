import type { FastifyInstance } from 'fastify';
import type { ExampleDocument } from '../documents/read-documents.ts';
import { SANDBOX_ORIGIN } from '../http/cors-origins.ts';
import { linkedDocument } from './document-link.ts';
import { Html, html } from './html.ts';
import { connectSources, contentHash, sendPage } from './page-headers.ts';

/** Makes the frame, and asks this gateway for it: what is in the frame never does. Of the version that Apollo's own servers name. */
const EMBED_SCRIPT = 'https://embeddable-sandbox.cdn.apollographql.com/v2/embeddable-sandbox.umd.production.min.js';
const FRAME_ORIGIN = 'https://sandbox.embed.apollographql.com';

const STYLE = `html, body, #sandbox { height: 100%; margin: 0; }
iframe { width: 100%; height: 100%; border: none; display: block; }
p { font: 16px/1.5 system-ui, sans-serif; margin: 0; padding: 2rem; }`;

const script = (document: ExampleDocument | undefined): string => {
  const { text, variables } = document ?? {};
  const initial = { document: text, variables: variables === undefined ? undefined : JSON.parse(variables) };
  return `const initialState = ${JSON.stringify({ ...initial, includeCookies: false }).replaceAll('<', '\\u003c')};
const endpoint = location.origin + '/graphql';
if (window.EmbeddedSandbox === undefined) document.querySelector('p').hidden = false;
else new window.EmbeddedSandbox({
  target: '#sandbox', initialEndpoint: endpoint, initialSubscriptionEndpoint: endpoint.replace('http', 'ws'), initialState,
  endpointIsEditable: false, runTelemetry: false, allowDynamicStyles: false,
});`;
};

/** Apollo Sandbox in a frame: it and the script that makes the frame come from Apollo's site, nothing else. */
export function addSandboxRoute(app: FastifyInstance, documents: readonly ExampleDocument[]): void {
  app.get('/sandbox', (request, reply) => {
    const start = script(linkedDocument(request, documents));
    const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Apollo Sandbox</title>
<link rel="icon" href="data:,">
<style>${new Html(STYLE)}</style>
</head>
<body>
<p hidden>Apollo Sandbox comes from Apollo's site, which your browser does not reach, or does not let in.
<a href="/graphiql">GraphiQL</a> is here without internet; Sandbox is on <a href="${SANDBOX_ORIGIN}/sandbox/explorer">its own site</a>, too.</p>
<div id="sandbox"></div>
<script src="${EMBED_SCRIPT}"></script>
<script>${new Html(start)}</script>
</body>
</html>
`;
    const policy = [
      "default-src 'none'",
      `style-src ${contentHash(STYLE)}`,
      `script-src ${contentHash(start)} ${EMBED_SCRIPT}`,
      `frame-src ${FRAME_ORIGIN}`,
      'img-src data:',
      connectSources(request.host),
    ];
    return sendPage(reply, page.text, policy.join('; '));
  });
}
