import { isIP } from 'node:net';
import { invalidInput } from '@tributary/service-kit';
import type { NotificationsConfig } from '../config.ts';
import { isPublicAddress } from './public-address.ts';

const MAX_LENGTH = 2000;
/** Names that lead to this machine or network by agreement (RFC 6761, RFC 6762, ICANN's `internal`). */
const LOCAL_NAME = /^[^.]*$|\.(localhost|local|internal)$/;

/**
 * A URL that a webhook may have, in its normal form. What a name resolves to is seen when it is called, each time.
 *
 * @throws DomainError InvalidInputError
 */
export function webhookUrl(text: string, rules: NotificationsConfig['webhooks']): string {
  const url = text.length <= MAX_LENGTH && URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) throw invalidInput('url', `url takes a URL of at most ${MAX_LENGTH} characters.`);
  if (url.protocol !== 'https:' && !(rules.allowInsecure && url.protocol === 'http:')) {
    throw invalidInput('url', 'url takes an https URL.');
  }
  if (url.username !== '' || url.password !== '') throw invalidInput('url', 'url takes no user name or password.');
  if (!rules.allowPrivateNetwork && !mayBePublic(hostOf(url))) throw invalidInput('url', 'url takes a public host.');
  url.hash = '';
  return url.href;
}

/** The host as a resolver takes it: without the brackets of an IPv6 address, and the dot at the end of a name. */
const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');

const mayBePublic = (host: string): boolean => (isIP(host) === 0 ? !LOCAL_NAME.test(host) : isPublicAddress(host));
