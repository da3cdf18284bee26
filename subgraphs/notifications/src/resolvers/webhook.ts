import type { WebhookResolvers } from '../schema.generated.ts';

export const Webhook: WebhookResolvers = {
  status: ({ disabledAt }) => (disabledAt === null ? 'ENABLED' : 'DISABLED'),
  lastDelivery: ({ id }, _args, { loaders }) => loaders.lastDelivery.load(id),
};
