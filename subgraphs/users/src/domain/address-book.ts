import {
  accountOf,
  CodedError,
  DomainError,
  type Identity,
  invalidInput,
  isId,
  newId,
  notFound,
  optionalText,
  plainText,
  type ServiceKit,
} from '@tributary/service-kit';
import {
  type AddressFields,
  type AddressRow,
  countAddresses,
  deleteAddress,
  insertAddress,
  updateAddress,
} from '../store/address-store.ts';
import { lockOpenUser } from '../store/user-store.ts';
import { isCountry } from './countries.ts';
import { MAX_NAME_LENGTH } from './max-name-length.ts';

const MAX_ADDRESSES = 20;
const MAX_LINE_LENGTH = 200;
const MAX_PLACE_LENGTH = 100;
const MAX_POSTAL_CODE_LENGTH = 20;

/** The addresses that a user keeps; everybody sees and changes the own ones. */
export interface AddressBook {
  /** @throws CodedError UNAUTHENTICATED; DomainError InvalidInputError, TooManyAddressesError */
  add(identity: Identity, input: AddressInput): Promise<AddressRow>;
  /** @throws CodedError UNAUTHENTICATED; DomainError NotFoundError, InvalidInputError */
  update(identity: Identity, input: AddressInput & { id: string }): Promise<AddressRow>;
  /** @throws CodedError UNAUTHENTICATED; DomainError NotFoundError */
  remove(identity: Identity, id: string): Promise<AddressRow>;
}

type Optional = 'line2' | 'postalCode' | 'region';

export type AddressInput = Pick<AddressFields, Exclude<keyof AddressFields, Optional>> & {
  [field in Optional]?: string | null | undefined;
};

export function createAddressBook({ database }: Pick<ServiceKit, 'database'>): AddressBook {
  return {
    async add(identity, input) {
      const userId = accountOf(identity);
      const address = { id: newId(), userId, ...checked(input) };
      return database.transaction(async (tx) => {
        if (!(await lockOpenUser(tx, userId))) throw new CodedError('UNAUTHENTICATED');
        if ((await countAddresses(tx, userId)) >= MAX_ADDRESSES) {
          throw new DomainError('TooManyAddressesError', `An address book holds ${MAX_ADDRESSES} addresses.`, {
            limit: MAX_ADDRESSES,
          });
        }
        return insertAddress(tx, address);
      });
    },
    async update(identity, { id, ...input }) {
      const userId = accountOf(identity);
      const fields = checked(input);
      return found(isId(id) ? await updateAddress(database.db, userId, id, fields) : undefined);
    },
    async remove(identity, id) {
      const userId = accountOf(identity);
      return found(isId(id) ? await deleteAddress(database.db, userId, id) : undefined);
    },
  };
}

function checked(input: AddressInput): AddressFields {
  if (!isCountry(input.country)) throw invalidInput('country', 'There is no such country.');
  return {
    recipient: plainText('recipient', input.recipient, MAX_NAME_LENGTH),
    line1: plainText('line1', input.line1, MAX_LINE_LENGTH),
    line2: optionalText(plainText, 'line2', input.line2, MAX_LINE_LENGTH),
    postalCode: optionalText(plainText, 'postalCode', input.postalCode, MAX_POSTAL_CODE_LENGTH),
    city: plainText('city', input.city, MAX_PLACE_LENGTH),
    region: optionalText(plainText, 'region', input.region, MAX_PLACE_LENGTH),
    country: input.country,
  };
}

function found(address: AddressRow | undefined): AddressRow {
  if (address === undefined) throw notFound('address');
  return address;
}
