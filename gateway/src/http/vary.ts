/** Adds names of request headers to those that the answer hangs on. */
export function addVary(reply: HeadersOut, names: string): void {
  const before = reply.getHeader('vary');
  if (before === undefined) reply.header('vary', names);
  else if (!String(before).includes(names)) reply.header('vary', `${before}, ${names}`);
}

interface HeadersOut {
  getHeader(name: string): unknown;
  header(name: string, value: string): unknown;
}
