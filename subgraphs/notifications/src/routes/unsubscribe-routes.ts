import type { Routes } from '@tributary/service-kit';
import { escapeHtml } from '../domain/escape-html.ts';
import type { Preferences } from '../domain/preferences.ts';
import type { Subscription, UnsubscribeLinks } from '../domain/unsubscribe-links.ts';
import { type Words, words } from '../domain/words.ts';
import { PAGE_HEADERS, pageHtml } from './page.ts';

/** What mail programs post is a constant of a few bytes. */
const BODY_LIMIT_BYTES = 4096;

interface Route {
  /** Of a repeated parameter Fastify makes a list, which is no token. */
  Querystring: { token?: unknown };
}

interface Asked {
  query: Route['Querystring'];
  headers: { 'accept-language'?: string | undefined };
}

/** The page's content for somebody whose link is one of ours. */
type Answer = (subscription: Subscription, language: Words['unsubscribePage']) => Promise<string> | string;

/**
 * `/unsubscribe?token=…`, where links in e-mails lead. GET asks and changes nothing, since programs follow links; POST,
 * from the page's form or from a mail program (RFC 8058), ends the e-mails. The token says all, the body is not read.
 */
export const unsubscribeRoutes =
  (links: UnsubscribeLinks, preferences: Preferences): Routes =>
  (app) => {
    const ask: Answer = ({ category }, { question, button }) =>
      `${paragraph(question[category])}\n<form method="post"><button>${escapeHtml(button)}</button></form>`;
    const unsubscribe: Answer = async ({ userId, category }, { done }) => {
      await preferences.unsubscribe(userId, category);
      return paragraph(done);
    };

    async function page({ query, headers }: Asked, answer: Answer): Promise<{ status: number; html: string }> {
      const { languageTag, unsubscribePage } = languageOf(headers['accept-language']);
      const subscription = links.read(query.token);
      const body =
        subscription === undefined ? paragraph(unsubscribePage.badLink) : await answer(subscription, unsubscribePage);
      const html = pageHtml({ language: languageTag, title: unsubscribePage.title, body });
      return { status: subscription === undefined ? 400 : 200, html };
    }

    // In a scope of its own: the rest of the server takes JSON only.
    app.register(async (scope) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('*', { parseAs: 'string', bodyLimit: BODY_LIMIT_BYTES }, async () => undefined);
      scope.get<Route>('/unsubscribe', async (request, reply) => {
        const { status, html } = await page(request, ask);
        return reply.code(status).headers(PAGE_HEADERS).send(html);
      });
      scope.post<Route>('/unsubscribe', async (request, reply) => {
        const { status, html } = await page(request, unsubscribe);
        return reply.code(status).headers(PAGE_HEADERS).send(html);
      });
    });
  };

const paragraph = (text: string) => `<p>${escapeHtml(text)}</p>`;

/** The link knows no language; the browser does. */
const languageOf = (acceptLanguage = ''): Words => words[/^\s*de\b/i.test(acceptLanguage) ? 'DE' : 'EN'];
