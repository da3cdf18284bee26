import { showMetrics } from './metrics.js';
import { showRequests } from './requests.js';
import { showTrace } from './trace.js';

const view = document.getElementById('view');
let shown = new AbortController();

/** `#/` the requests, `#/metrics`, `#/trace/ID` and `#/trace/ID/SPAN`. */
function show() {
  shown.abort();
  shown = new AbortController();
  const [, page, traceId, spanId] = location.hash.split('/');
  for (const link of document.querySelectorAll('nav a')) {
    if (link.getAttribute('href') === (page === 'metrics' ? '#/metrics' : '#/')) {
      link.setAttribute('aria-current', 'page');
    } else link.removeAttribute('aria-current');
  }
  view.replaceChildren();
  if (page === 'metrics') showMetrics(view, shown.signal);
  else if (page === 'trace') showTrace(view, traceId, spanId, shown.signal);
  else showRequests(view, shown.signal);
}

addEventListener('hashchange', show);
show();
