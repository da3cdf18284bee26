import { escapeHtml } from '../domain/escape-html.ts';

export interface Page {
  language: string;
  title: string;
  /** HTML, with everything from outside escaped. */
  body: string;
}

const STYLE = `:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{max-width:960px;margin:0 auto;padding:32px 20px}
h1{font-size:22px;margin:0 0 16px}h2{font-size:15px;margin:28px 0 8px}
a{color:light-dark(#0b5cad,#7db8f0)}
button{font:inherit;padding:8px 18px;border:0;border-radius:8px;background:#0b5cad;color:#fff;cursor:pointer}
button:focus-visible,a:focus-visible{outline:3px solid #7db8f0;outline-offset:2px}
table{width:100%;border-collapse:collapse}
th,td{text-align:left;padding:10px 12px;border-bottom:1px solid light-dark(#e3e6ea,#333a42);vertical-align:top}
th{font-weight:600;font-size:13px;color:light-dark(#5a6470,#9aa5b1)}
td:first-child{white-space:nowrap;font-variant-numeric:tabular-nums}
pre,iframe{box-sizing:border-box;width:100%;border:1px solid light-dark(#e3e6ea,#333a42);border-radius:8px}
pre{padding:16px;margin:0;white-space:pre-wrap;overflow-wrap:anywhere}
iframe{height:440px;background:light-dark(#fff,#16191d)}
dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 16px;margin:0}
dt{color:light-dark(#5a6470,#9aa5b1)}dd{margin:0;overflow-wrap:anywhere}`;

/**
 * Headers of a page that needs nothing from elsewhere and may do nothing: no script, no request but its own form's.
 * Styles are allowed in it and, since it inherits the policy, in a frame that shows an e-mail.
 */
export const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** A whole HTML document. */
export const pageHtml = ({ language, title, body }: Page): string => `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
${body}
</main>
</body>
</html>
`;
