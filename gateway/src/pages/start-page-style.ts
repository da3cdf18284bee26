/** The start page's whole look. Light or dark as the visitor's system is. */
export const startPageStyle = `
:root {
  color-scheme: light dark;
  --page: light-dark(#f6f8fa, #0d1319);
  --card: light-dark(#ffffff, #151d25);
  --code: light-dark(#f2f5f7, #0f161d);
  --line: light-dark(#dfe5ea, #26323d);
  --text: light-dark(#17212b, #e6edf3);
  --soft: light-dark(#5b6975, #93a3b1);
  --brand: light-dark(#0b6e8f, #4cc3e6);
  --mutation: light-dark(#9a5b00, #f0b45a);
  --string: light-dark(#1a7a42, #7fd49b);
  --keyword: light-dark(#8a3ba8, #d69aec);
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 16px/1.55 system-ui, sans-serif; }
main { max-width: 68rem; margin: 0 auto; padding: 3.5rem 1.5rem 4rem; }
header { display: flex; align-items: center; gap: 1rem; }
header svg { width: 3.25rem; height: 3.25rem; flex: none; }
h1 { margin: 0; font-size: 2rem; line-height: 1.2; letter-spacing: -0.02em; text-wrap: balance; }
h2 { margin: 3rem 0 1rem; font-size: 1.2rem; letter-spacing: -0.01em; }
h3 { margin: 1.75rem 0 0.6rem; font-size: 0.8rem; letter-spacing: 0.06em; text-transform: uppercase; color: var(--soft); }
p { margin: 0; }
a { color: var(--brand); }
.soft { color: var(--soft); }
code { padding: 0.1em 0.35em; border-radius: 5px; background: var(--code); font: 0.86em ui-monospace, Menlo, Consolas, monospace; }
.endpoint, pre { font: 0.86rem/1.6 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
.endpoint { color: var(--soft); overflow-wrap: anywhere; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: 1rem; }
.card { display: block; padding: 1.1rem 1.25rem; border: 1px solid var(--line); border-radius: 12px; background: var(--card);
  color: inherit; text-decoration: none; transition: border-color 0.15s, transform 0.15s; }
a.card:hover { border-color: var(--brand); transform: translateY(-2px); }
.card strong { display: block; color: var(--brand); }
.card span { color: var(--soft); font-size: 0.92rem; }
.code { position: relative; }
pre { margin: 0; padding: 1rem 1.25rem; border: 1px solid var(--line); border-radius: 12px; background: var(--code);
  overflow-x: auto; tab-size: 2; }
button { position: absolute; top: 0.6rem; right: 0.6rem; padding: 0.2rem 0.7rem; border: 1px solid var(--line);
  border-radius: 7px; background: var(--card); color: var(--soft); font: inherit; font-size: 0.8rem; cursor: pointer; }
button:hover { color: var(--brand); border-color: var(--brand); }
details { border: 1px solid var(--line); background: var(--card); }
details + details { border-top: 0; }
details:first-of-type { border-radius: 12px 12px 0 0; }
details:last-of-type { border-radius: 0 0 12px 12px; }
details:only-of-type { border-radius: 12px; }
summary { display: grid; grid-template-columns: 5.5rem minmax(9rem, 16rem) 1fr; gap: 0.25rem 1rem; align-items: baseline;
  padding: 0.7rem 1.25rem; cursor: pointer; list-style: none; }
summary::-webkit-details-marker { display: none; }
summary:hover strong { color: var(--brand); }
summary span { color: var(--soft); font-size: 0.92rem; }
summary .kind { font-size: 0.78rem; color: var(--brand); }
summary .kind.mutation { color: var(--mutation); }
details .body { padding: 0 1.25rem 1.25rem; }
.open { display: inline-block; margin: 0.75rem 1.5rem 0 0; font-size: 0.92rem; }
.comment { color: var(--soft); } .string { color: var(--string); } .variable, .literal { color: var(--mutation); }
.keyword, .directive { color: var(--keyword); } .type { color: var(--brand); }
:focus-visible { outline: 2px solid var(--brand); outline-offset: 2px; }
@media (max-width: 42rem) {
  main { padding-top: 2rem; }
  h1 { font-size: 1.6rem; }
  summary { grid-template-columns: auto minmax(0, 1fr); }
  summary strong { overflow-wrap: anywhere; }
  button { position: static; margin-top: 0.5rem; }
  summary span:last-child { grid-column: 1 / -1; }
}
@media (prefers-reduced-motion: reduce) { .card { transition: none; } }
`;
