import type { Currency } from '@tributary/service-kit';

/** More than this is not sent in one order. */
export const MAX_SHIPPING_WEIGHT_GRAMS = 1_000_000;

/** Where we ship to. The shop is in Germany. */
const ZONES = {
  home: ['DE'],
  union: [
    ...['AT', 'BE', 'BG', 'CY', 'CZ', 'DK', 'EE', 'ES', 'FI', 'FR', 'GR', 'HR', 'HU', 'IE'],
    ...['IT', 'LT', 'LU', 'LV', 'MT', 'NL', 'PL', 'PT', 'RO', 'SE', 'SI', 'SK'],
  ],
  world: ['AU', 'CA', 'CH', 'GB', 'IS', 'JP', 'LI', 'NO', 'NZ', 'US'],
} as const;
type Zone = keyof typeof ZONES;

const ZONE_BY_COUNTRY = new Map<string, Zone>(
  Object.entries(ZONES).flatMap(([zone, countries]) => countries.map((country) => [country, zone as Zone] as const)),
);

/** A parcel weighs at most so much; heavier orders are sent in several. */
const STEPS_GRAMS = [1000, 5000, 10_000, 31_500] as const;
const PARCEL_GRAMS = STEPS_GRAMS[3];

/** Price of one parcel in minor units, by its weight step. */
const TARIFFS: Record<Zone, Record<Currency, readonly [number, number, number, number]>> = {
  home: { EUR: [490, 690, 990, 1690], USD: [540, 760, 1090, 1860], GBP: [420, 590, 840, 1440] },
  union: { EUR: [990, 1490, 1990, 3490], USD: [1090, 1640, 2190, 3840], GBP: [840, 1270, 1690, 2970] },
  world: { EUR: [1690, 2990, 4490, 7990], USD: [1860, 3290, 4940, 8790], GBP: [1440, 2540, 3820, 6790] },
};

export const shipsTo = (country: string): boolean => ZONE_BY_COUNTRY.has(country);

/**
 * What it costs to send that weight, in minor units of `currency`; undefined where we do not ship to, and above
 * `MAX_SHIPPING_WEIGHT_GRAMS`.
 */
export function shippingCost(weightGrams: number, country: string, currency: Currency): number | undefined {
  const zone = ZONE_BY_COUNTRY.get(country);
  if (zone === undefined || weightGrams > MAX_SHIPPING_WEIGHT_GRAMS) return undefined;
  const tariff = TARIFFS[zone][currency];
  const fullParcels = Math.floor(weightGrams / PARCEL_GRAMS);
  const restGrams = weightGrams - fullParcels * PARCEL_GRAMS;
  const rest =
    fullParcels > 0 && restGrams === 0 ? 0 : (tariff[STEPS_GRAMS.findIndex((step) => restGrams <= step)] ?? 0);
  return fullParcels * tariff[3] + rest;
}
