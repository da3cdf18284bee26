import type { Session } from './domain/sessions.ts';
import type { UserView } from './domain/user-view.ts';
import type { AddressRow } from './store/address-store.ts';

/** What stands behind the schema's types in resolvers; `<GraphQL type>Mapper`, read by the type generator. */
export type UserMapper = UserView;
export type SessionMapper = Session;
export type AddressMapper = AddressRow;
