interface PageBody {
  readonly pagination?: { readonly page?: unknown; readonly pages?: unknown } | null;
  readonly pageInfo?: { readonly hasNextPage?: unknown; readonly endCursor?: unknown } | null;
}

/**
 * Links to the other pages of a list (RFC 8288): by number where the body has `pagination { page pages }`, to the next
 * one where it has `pageInfo { hasNextPage endCursor }`.
 *
 * @param url path and query, as they were asked for
 * @returns the field's value; undefined where the body is no page
 */
export function pageLinks(body: unknown, url: string): string | undefined {
  const { pagination, pageInfo } = (body ?? {}) as PageBody;
  const links =
    typeof pagination?.page === 'number' && typeof pagination.pages === 'number'
      ? byNumber(pagination.page, pagination.pages, url)
      : byCursor(pageInfo, url);
  return links.length === 0 ? undefined : links.join(', ');
}

function byNumber(page: number, pages: number, url: string): string[] {
  const last = Math.max(1, pages);
  const to = (rel: string, number: number) => link(url, 'page', String(number), rel);
  return [
    to('first', 1),
    ...(page > 1 ? [to('prev', Math.min(page - 1, last))] : []),
    ...(page < last ? [to('next', page + 1)] : []),
    to('last', last),
  ];
}

function byCursor(pageInfo: PageBody['pageInfo'], url: string): string[] {
  if (pageInfo?.hasNextPage !== true || typeof pageInfo.endCursor !== 'string') return [];
  return [link(url, 'after', pageInfo.endCursor, 'next')];
}

function link(url: string, name: string, value: string, rel: string): string {
  // A second `?` is a part of the query.
  const [path = ''] = url.split('?', 1);
  const params = new URLSearchParams(url.slice(path.length));
  params.set(name, value);
  return `<${path}?${params}>; rel="${rel}"`;
}
