import { ROLES } from '@tributary/service-kit';
import { z } from 'zod';

/** All that is given must hold. */
const policy = z
  .strictObject({
    /** One of them. */
    roles: z.array(z.enum(ROLES)).min(1).optional(),
    /** All of them. */
    scopes: z.array(z.string().min(1)).min(1).optional(),
    /** Somebody is signed in; said where nothing else is asked, as the other two imply it. */
    authenticated: z.literal(true).optional(),
  })
  .refine((given) => Object.keys(given).length > 0, 'expected roles, scopes or authenticated: true');

/** Who may see what, where the supergraph says `@authenticated`, `@requiresScopes` or `@policy` (docs/edge/authorization.md). */
export const authorizationConfig = z
  .strictObject({
    /** What the caller may not see is null, with an error; or the whole request is refused. */
    onDenied: z.enum(['filter', 'refuse']).default('filter'),
    /** What `@policy` names; one that is not here holds for nobody. */
    policies: z.record(z.string(), policy).default({}),
  })
  .prefault({});

export type Policy = z.output<typeof policy>;
