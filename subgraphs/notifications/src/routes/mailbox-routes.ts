import { CodedError, type Routes } from '@tributary/service-kit';
import { escapeHtml } from '../domain/escape-html.ts';
import type { Mailbox } from '../domain/mailbox.ts';
import type { MailRow } from '../store/mail-store.ts';
import { PAGE_HEADERS, pageHtml } from './page.ts';

/** `/mailbox`, `/mailbox/:id` and `/mailbox.json`: the mails that would have been sent. For local use only. */
export const mailboxRoutes =
  (mailbox: Mailbox): Routes =>
  (app) => {
    app.get('/mailbox', async (_request, reply) => {
      const body = listOf(await mailbox.list());
      return reply.headers(PAGE_HEADERS).send(pageHtml({ language: 'en', title: 'Mailbox', body }));
    });
    app.get('/mailbox.json', async (_request, reply) => {
      reply.header('cache-control', 'no-store');
      return { mails: await mailbox.list() };
    });
    app.get<{ Params: { id: string } }>('/mailbox/:id', async ({ params }, reply) => {
      const mail = await mailbox.find(params.id);
      if (mail === undefined) throw new CodedError('NOT_FOUND');
      const page = pageHtml({ language: 'en', title: mail.subject, body: detailOf(mail) });
      return reply.headers(PAGE_HEADERS).send(page);
    });
  };

function listOf(mails: readonly MailRow[]): string {
  if (mails.length === 0) return '<p>No mail has been sent yet. Sign up or place an order, and look again.</p>';
  const rows = mails.map(
    ({ id, sentAt, to, subject }) =>
      `<tr><td>${timeOf(sentAt)}</td><td>${escapeHtml(to)}</td><td><a href="/mailbox/${id}">${escapeHtml(subject)}</a></td></tr>`,
  );
  return `<table>
<thead><tr><th>Sent (UTC)</th><th>To</th><th>Subject</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>`;
}

/** The HTML part is shown in a frame without any right: no script, no form, no origin, no way to the page around it. */
function detailOf({ sentAt, to, headers, text, html }: MailRow): string {
  const fields = { Sent: `${timeOf(sentAt)} UTC`, To: to, ...headers };
  const entries = Object.entries(fields).map(
    ([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${linked(value)}</dd>`,
  );
  return `<p><a href="/mailbox">All mails</a></p>
<dl>
${entries.join('\n')}
</dl>
<h2>HTML</h2>
<iframe sandbox title="The mail's HTML part" srcdoc="${escapeHtml(html)}"></iframe>
<h2>Text</h2>
<pre>${escapeHtml(text)}</pre>`;
}

/** A header's URL can be followed from here; from the frame nothing can. */
const linked = (value: string): string =>
  escapeHtml(value).replace(/^&lt;(https?:.*)&gt;$/, '&lt;<a href="$1">$1</a>&gt;');

const timeOf = (time: Date) => time.toISOString().slice(0, 19).replace('T', ' ');
