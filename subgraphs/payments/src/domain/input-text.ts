import { plainText } from '@tributary/service-kit';
import { refuseCardNumber } from './card-number.ts';

/** `plainText` that is not a card number. @throws DomainError CardNumberRefusedError, InvalidInputError */
export function inputText(field: string, value: string, maxLength: number): string {
  refuseCardNumber(field, value);
  return plainText(field, value, maxLength);
}
