import type { NotificationRow } from '../store/notification-store.ts';
import { escapeHtml } from './escape-html.ts';
import type { Locale } from './locale.ts';
import { fill, notificationWords, words } from './words.ts';

export interface RenderedMail {
  subject: string;
  text: string;
  html: string;
}

interface Addressee {
  locale: Locale;
  name: string | null;
  /** Undefined for what cannot be unsubscribed. */
  unsubscribeUrl: string | undefined;
}

/** A notification as an e-mail, in both forms. What comes from outside is escaped in the one that is HTML. */
export function renderMail(
  notification: Pick<NotificationRow, 'kind' | 'facts'>,
  { locale, name, unsubscribeUrl }: Addressee,
): RenderedMail {
  const { mail, languageTag } = words[locale];
  const { title, body } = notificationWords(locale, notification);
  const greeting = name === null ? mail.greetingWithoutName : fill(mail.greeting, { name });
  const footer = unsubscribeUrl === undefined ? mail.required : `${mail.unsubscribe}: ${unsubscribeUrl}`;
  const htmlFooter =
    unsubscribeUrl === undefined
      ? escapeHtml(mail.required)
      : `<a href="${escapeHtml(unsubscribeUrl)}" style="color:inherit">${escapeHtml(mail.unsubscribe)}</a>`;
  return {
    subject: title,
    text: `${greeting}\n\n${body}\n\n${mail.closing}\n\n-- \n${footer}\n`,
    html: `<!doctype html>
<html lang="${languageTag}">
<head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>${escapeHtml(title)}</title></head>
<body style="margin:0;padding:24px;font:16px/1.5 system-ui,sans-serif">
<div style="max-width:560px;margin:auto">
<h1 style="font-size:20px">${escapeHtml(title)}</h1>
<p>${escapeHtml(greeting)}</p>
<p>${escapeHtml(body)}</p>
<p>${escapeHtml(mail.closing)}</p>
<p style="margin-top:32px;padding-top:12px;border-top:1px solid #8884;font-size:13px;opacity:.75">${htmlFooter}</p>
</div>
</body>
</html>
`,
  };
}
