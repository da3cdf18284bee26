import { invalidInput, isTraded, longText, type Money, plainText } from '@tributary/service-kit';
import type { NewProduct, ProductChange } from '../store/product-store.ts';
import type { StoredImage } from '../tables.ts';

const MAX_NAME_LENGTH = 200;
const MAX_DESCRIPTION_LENGTH = 5000;
export const MAX_CATEGORY_LENGTH = 50;
const MAX_ALT_LENGTH = 200;
/** 100,000.00: with an order's other limits far from what `Int` can hold. */
const MAX_PRICE_MINOR = 10_000_000;
const MAX_WEIGHT_GRAMS = 1_000_000;
const MAX_IMAGES = 10;
const MAX_PIXELS = 10_000;

/** Everything that may be said of a product, as the schema's inputs have it. */
export interface ProductInput {
  name: string;
  description: string;
  category: string;
  price: Money;
  weightGrams: number;
  images: readonly StoredImage[];
  active: boolean;
}

/** Fields that are left out, or null, are not to change. */
export type ProductChangeInput = { [field in keyof ProductInput]?: ProductInput[field] | null | undefined };

export const isSku = (text: string): boolean => /^[A-Z0-9][A-Z0-9-]{1,31}$/.test(text);

/** @throws DomainError InvalidInputError */
export function checkedSku(sku: string): string {
  if (!isSku(sku)) throw invalidInput('sku', 'A sku has 2 to 32 capitals, digits and hyphens.');
  return sku;
}

type ProductColumns = Omit<NewProduct, 'id' | 'sku'>;
type Checks = { [field in keyof ProductInput]: (value: ProductInput[field]) => Partial<ProductColumns> };

/** The columns for what the input says; `isMedia` knows which images there are. @throws DomainError InvalidInputError */
export function checkedProduct(input: ProductInput, isMedia: (url: string) => boolean): ProductColumns;
export function checkedProduct(input: ProductChangeInput, isMedia: (url: string) => boolean): ProductChange;
export function checkedProduct(input: ProductChangeInput, isMedia: (url: string) => boolean): ProductChange {
  const checks: Checks = {
    name: (name) => ({ name: plainText('name', name, MAX_NAME_LENGTH) }),
    description: (text) => ({ description: longText('description', text, MAX_DESCRIPTION_LENGTH) }),
    category: (category) => ({ category: plainText('category', category, MAX_CATEGORY_LENGTH) }),
    price: checkedPrice,
    weightGrams: (weightGrams) => ({ weightGrams: inRange('weightGrams', weightGrams, 1, MAX_WEIGHT_GRAMS) }),
    images: (images) => ({ images: checkedImages(images, isMedia) }),
    active: (active) => ({ active }),
  };
  const change: ProductChange = {};
  for (const field of Object.keys(checks) as (keyof ProductInput)[]) {
    const value = input[field];
    if (value != null) Object.assign(change, checks[field](value as never));
  }
  return change;
}

function checkedPrice({ amountMinor, currency }: Money): Pick<ProductColumns, 'priceMinor' | 'currency'> {
  if (!isTraded(currency)) throw invalidInput('price.currency', 'The shop does not trade in this currency.');
  return { priceMinor: inRange('price.amountMinor', amountMinor, 1, MAX_PRICE_MINOR), currency };
}

function checkedImages(images: readonly StoredImage[], isMedia: (url: string) => boolean): StoredImage[] {
  if (images.length > MAX_IMAGES) throw invalidInput('images', `A product has at most ${MAX_IMAGES} images.`);
  return images.map(({ url, alt, width, height }, at) => {
    if (!isMedia(url)) throw invalidInput(`images.${at}.url`, 'There is no such image.');
    return {
      url,
      alt: plainText(`images.${at}.alt`, alt, MAX_ALT_LENGTH),
      width: inRange(`images.${at}.width`, width, 1, MAX_PIXELS),
      height: inRange(`images.${at}.height`, height, 1, MAX_PIXELS),
    };
  });
}

/** @throws DomainError InvalidInputError */
export function inRange(field: string, value: number, min: number, max: number): number {
  if (value < min || value > max) throw invalidInput(field, `${field} is from ${min} to ${max}.`);
  return value;
}
