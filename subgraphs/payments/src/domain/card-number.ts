import { DomainError } from '@tributary/service-kit';

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;
/** Digits as people write a card's: alone, or in groups with whatever is neither letter nor digit between them. */
const DIGITS = /\d(?:[^\p{L}\d]{0,3}\d)*/gu;

/**
 * Whether a text holds what could be a card number: 13 to 19 digits, or more when something was typed before or after
 * it. The check digit is not asked for: a number with a typing error is as secret.
 */
export function holdsCardNumber(text: string): boolean {
  // Digits of other scripts and of full width count as well.
  const runs = text.normalize('NFKC').replaceAll(UUID, 'id').match(DIGITS) ?? [];
  return runs.some((run) => run.replaceAll(/\D/g, '').length >= 13);
}

/** Lets no card number further into this service. @throws DomainError CardNumberRefusedError */
export function refuseCardNumber(field: string, text: string): void {
  if (!holdsCardNumber(text)) return;
  throw new DomainError('CardNumberRefusedError', 'That looks like a card number, which must not be sent here.', {
    field,
  });
}
