import { CURRENCIES, money } from '@tributary/service-kit';
import { shippingCost } from '../domain/shipping.ts';
import type { ProductResolvers } from '../schema.generated.ts';

const [CURRENCY] = CURRENCIES;

export const Product: ProductResolvers = {
  shippingEstimate({ weightGrams }, { country }) {
    const costMinor = weightGrams == null ? undefined : shippingCost(weightGrams, country, CURRENCY);
    return costMinor === undefined ? null : money(costMinor, CURRENCY);
  },
};
