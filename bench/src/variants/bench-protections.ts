import { compareVariants } from './compare-variants.ts';

const OFF = {
  cost: { mode: 'off' },
  overload: { enabled: false },
  rateLimit: { enabled: false },
  resilience: { breaker: { enabled: false }, retryShare: 0 },
  persistedDocuments: { automatic: { enabled: false } },
};
/** More than anybody asks for here, so that it is counted and nobody is turned away. */
const PLENTY = { rate: 1_000_000, burst: 1_000_000 };
const ON = {
  rateLimit: {
    limits: [
      { key: 'ip', ...PLENTY },
      { key: 'user', ...PLENTY },
    ],
  },
};

/** What the gateway's protections cost it: rate limits, cost, overload, breakers, automatic persisted queries. */
export const benchProtections = (args: string[]): Promise<void> =>
  compareVariants(
    {
      name: 'protections',
      column: 'Protections',
      operations: ['light', 'authenticated', 'heavy'],
      variants: async () => [
        { title: 'off', settings: OFF },
        // By how much it differs from itself is what the others' figures may be off.
        { title: 'off, again', settings: OFF },
        { title: 'on', settings: ON, most: 1.1 },
      ],
    },
    args,
  );
