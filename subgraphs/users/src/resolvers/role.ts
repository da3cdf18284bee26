import type { Role } from '@tributary/service-kit';
import type { Role as GraphqlRole } from '../schema.generated.ts';

const ROLE_OF: Readonly<Record<GraphqlRole, Role>> = { CUSTOMER: 'customer', ADMIN: 'admin' };
const GRAPHQL_ROLE_OF: Readonly<Record<Role, GraphqlRole>> = { customer: 'CUSTOMER', admin: 'ADMIN' };

/** A role as tokens carry it, from the schema's enum. */
export const roleOf = (role: GraphqlRole): Role => ROLE_OF[role];

/** The other way round. */
export const graphqlRoleOf = (role: Role): GraphqlRole => GRAPHQL_ROLE_OF[role];
