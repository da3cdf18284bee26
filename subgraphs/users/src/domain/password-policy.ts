import { DomainError } from '@tributary/service-kit';

const MIN_LENGTH = 12;
const MAX_LENGTH = 256;
const MIN_DISTINCT = 5;
/** So much must be left when what everybody knows of the person is taken out. */
const MIN_LENGTH_OF_OWN = 8;
const MIN_LENGTH_OF_PERSONAL = 3;

/** What remains, digits and signs taken away, of the passwords that lists of stolen ones begin with. */
const COMMON = new Set([
  '',
  'abcdefghijkl',
  'abcdefghijklm',
  'abcdefghijklmnopqrstuvwxyz',
  'adminadmin',
  'administrator',
  'asdfghjkl',
  'changeme',
  'changemenow',
  'iloveyou',
  'letmein',
  'letmeinplease',
  'mypassword',
  'passphrase',
  'passwort',
  'password',
  'passwordpassword',
  'qwerty',
  'qwertyuiop',
  'qwertyuiopasdfghjkl',
  'qwertz',
  'qwertzuiop',
  'secret',
  'topsecret',
  'trustno',
  'welcome',
  'willkommen',
]);

/**
 * Refuses passwords that are guessed before long, in the spirit of NIST SP 800-63B: length counts, kinds of characters
 * don't, and neither common nor personal ones will do.
 *
 * @param personal e-mail address and name
 * @throws DomainError WeakPasswordError
 */
export function refuseWeakPassword(password: string, personal: readonly string[]): void {
  const length = [...password].length;
  if (length < MIN_LENGTH || length > MAX_LENGTH) {
    throw weak('LENGTH', `A password has ${MIN_LENGTH} to ${MAX_LENGTH} characters.`);
  }
  const folded = password.normalize('NFKC').toLowerCase();
  if (new Set(folded).size < MIN_DISTINCT || COMMON.has(folded.replaceAll(/[^\p{L}]/gu, ''))) {
    throw weak('NOT_COMMON', 'This password is among the first that are tried.');
  }
  if (withoutPersonal(folded, personal).length < MIN_LENGTH_OF_OWN) {
    throw weak('NOT_PERSONAL', 'A password is not made of the e-mail address or the name.');
  }
}

function withoutPersonal(password: string, personal: readonly string[]): string {
  const words = personal.flatMap((text) => text.toLowerCase().split(/[^\p{L}\d]+/u));
  return words
    .filter((word) => word.length >= MIN_LENGTH_OF_PERSONAL)
    .sort((a, b) => b.length - a.length)
    .reduce((rest, word) => rest.replaceAll(word, ''), password);
}

const weak = (requirement: string, message: string) => new DomainError('WeakPasswordError', message, { requirement });
