import { CodedError } from '@tributary/service-kit';

const MAX_SEARCH_LENGTH = 100;
const MAX_WORDS = 8;

/**
 * The words of a search, made of letters and digits alone, so that they mean nothing to the database's query language.
 * Undefined when nothing is searched for.
 *
 * @throws CodedError BAD_USER_INPUT when the text is too long
 */
export function searchWords(search: string | null | undefined): string[] | undefined {
  const text = (search ?? '').normalize('NFC').trim();
  if (text === '') return undefined;
  if ([...text].length > MAX_SEARCH_LENGTH) {
    throw new CodedError('BAD_USER_INPUT', `search takes at most ${MAX_SEARCH_LENGTH} characters.`);
  }
  return [...text.matchAll(/[\p{L}\p{N}]+/gu)].slice(0, MAX_WORDS).map(([word]) => word);
}
