/** Adds links (RFC 8288) to those that the answer has. */
export function addLink(reply: HeadersOut, links: string): void {
  const before = reply.getHeader('link');
  reply.header('link', before === undefined ? links : `${before}, ${links}`);
}

interface HeadersOut {
  getHeader(name: string): unknown;
  header(name: string, value: string): unknown;
}
