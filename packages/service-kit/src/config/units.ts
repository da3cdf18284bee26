import { z } from 'zod';

const MS_PER_UNIT = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const BYTES_PER_UNIT = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 } as const;

/** A duration as people write it, `250ms`, `30s`, `15m`, `24h`, `7d`; parsed to a number of milliseconds. */
export const duration = () => quantity(MS_PER_UNIT, 'a duration such as 250ms, 30s, 15m, 24h or 7d');

/** A size as people write it, `512B`, `64KiB`, `10MiB`, `1GiB`; parsed to a number of bytes. */
export const bytes = () => quantity(BYTES_PER_UNIT, 'a size such as 512B, 64KiB, 10MiB or 1GiB');

function quantity(factors: Record<string, number>, expected: string) {
  const pattern = new RegExp(`^(\\d+(?:\\.\\d+)?)(${Object.keys(factors).join('|')})$`);
  return z.string({ error: `expected ${expected}` }).transform((text, context) => {
    const match = pattern.exec(text);
    const factor = match?.[2] === undefined ? undefined : factors[match[2]];
    if (match === null || factor === undefined) {
      context.addIssue({ code: 'custom', message: `expected ${expected}` });
      return z.NEVER;
    }
    return Number(match[1]) * factor;
  });
}
