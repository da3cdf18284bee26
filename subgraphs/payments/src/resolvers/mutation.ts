import { payload } from '@tributary/service-kit';
import type { MutationResolvers } from '../schema.generated.ts';

export const Mutation: MutationResolvers = {
  addPaymentMethod: (_parent, { input }, { wallet, identity }) =>
    payload(async () => ({ paymentMethod: await wallet.add(identity, input) })),
  removePaymentMethod: (_parent, { input }, { wallet, identity }) =>
    payload(async () => ({ paymentMethod: await wallet.remove(identity, input.id) })),
  setDefaultPaymentMethod: (_parent, { input }, { wallet, identity }) =>
    payload(async () => ({ paymentMethod: await wallet.setDefault(identity, input.id) })),
  completePaymentChallenge: (_parent, { input }, { completeChallenge, identity }) =>
    payload(async () => ({ payment: await completeChallenge(identity, input) })),
  refundPayment: (_parent, { input }, { refundPayment, identity }) => payload(() => refundPayment(identity, input)),
};
