import type { WebhookResolvers } from '../schema.generated.ts';

export const Webhook: WebhookResolvers = {
  lastDelivery: ({ id }, _args, { loaders }) => loaders.lastDelivery.load(id),
};
