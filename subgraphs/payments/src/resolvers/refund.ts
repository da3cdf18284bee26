import { money } from '@tributary/service-kit';
import { visibleReason } from '../domain/payment-access.ts';
import type { RefundResolvers } from '../schema.generated.ts';

export const Refund: RefundResolvers = {
  amount: ({ amountMinor, currency }) => money(amountMinor, currency),
  reason: (refund, _args, { identity }) => visibleReason(identity, refund),
};
