/** What a mail server reports of an e-mail that it had taken (RFC 3464). */
export interface DeliveryReport {
  /** The e-mail's, with its angle brackets. */
  messageId: string;
  /** `failed`, `delayed`, `delivered`, `relayed` or `expanded`. */
  action: string;
  /** RFC 3463, for example `5.1.1`. */
  status: string;
}

interface Entity {
  /** By names in small letters, unfolded. */
  headers: ReadonlyMap<string, string>;
  body: string;
}

const REPORT = /^multipart\/report\b/i;
const STATUS_PART = /^message\/(?:global-)?delivery-status\b/i;
const RETURNED_PART = /^(?:message\/(?:rfc822|global|global-headers)|text\/rfc822-headers)\b/i;
const STATUS = /^[245]\.\d{1,3}\.\d{1,3}$/;

/** Reads a report as a mail server sends it; undefined when it is none, or does not say of which e-mail it is. */
export function readDeliveryReport(raw: string): DeliveryReport | undefined {
  const report = entityOf(raw.replaceAll('\r\n', '\n'));
  const boundary = /;\s*boundary=(?:"([^"]+)"|([^\s;"]+))/i.exec(typeOf(report));
  if (!REPORT.test(typeOf(report)) || boundary === null) return undefined;
  const parts = partsOf(report.body, boundary[1] ?? boundary[2] ?? '');
  // The first block is of the report as a whole; our e-mails have one recipient each.
  const blocks =
    parts
      .find((part) => STATUS_PART.test(typeOf(part)))
      ?.body.trim()
      .split(/\n[ \t]*\n+/) ?? [];
  const recipient = blocks.map(headersOf).find((fields) => fields.has('action'));
  const returned = parts.find((part) => RETURNED_PART.test(typeOf(part)));
  const messageId = returned && entityOf(returned.body.trimStart()).headers.get('message-id');
  const action = recipient?.get('action')?.toLowerCase();
  const status = recipient?.get('status')?.split(/\s/)[0];
  if (messageId === undefined || action === undefined || status === undefined || !STATUS.test(status)) return undefined;
  return { messageId, action, status };
}

const typeOf = ({ headers }: Entity): string => headers.get('content-type') ?? '';

function entityOf(text: string): Entity {
  const end = text.indexOf('\n\n');
  return end === -1
    ? { headers: headersOf(text), body: '' }
    : { headers: headersOf(text.slice(0, end)), body: text.slice(end + 2) };
}

/** Of a name that is there twice, the first counts. */
function headersOf(block: string): Map<string, string> {
  const headers = new Map<string, string>();
  for (const line of block.replaceAll(/\n[ \t]/g, ' ').split('\n')) {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon)).trim().toLowerCase();
    if (name !== '' && !headers.has(name)) headers.set(name, line.slice(colon + 1).trim());
  }
  return headers;
}

function partsOf(body: string, boundary: string): Entity[] {
  const [, ...sections] = `\n${body}`.split(`\n--${boundary}`);
  return sections
    .map((section) => ({ section, lineEnd: section.indexOf('\n') }))
    .filter(({ section, lineEnd }) => lineEnd !== -1 && section.slice(0, lineEnd).trim() === '')
    .map(({ section, lineEnd }) => entityOf(section.slice(lineEnd + 1)));
}
