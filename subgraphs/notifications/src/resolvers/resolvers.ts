import type { Resolvers } from '../schema.generated.ts';
import { Mutation } from './mutation.ts';
import { Notification } from './notification.ts';
import { Query } from './query.ts';
import { User } from './user.ts';
import { Webhook } from './webhook.ts';

export const resolvers: Resolvers = { Query, Mutation, Notification, User, Webhook };
