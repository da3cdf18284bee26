import type { Resolvers } from '../schema.generated.ts';
import { Mutation } from './mutation.ts';
import { Query } from './query.ts';
import { TemplateItem } from './template-item.ts';

export const resolvers: Resolvers = { Query, Mutation, TemplateItem };
