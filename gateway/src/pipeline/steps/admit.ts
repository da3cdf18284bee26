import type { Door } from '../../overload/door.ts';
import { beginsWithMutation, priorityOf } from '../../overload/priority.ts';
import type { Shedding } from '../../overload/shedding.ts';
import type { Exchange, Step } from '../exchange.ts';

/** Lets a request in, at once or when its turn comes, or turns it away. Its priority matters only where not all get in. */
export function admit(door: Door, shedding: Shedding, cookieName: string | undefined): Step {
  return (exchange) => {
    if (door.tryEnter()) {
      exchange.isInside = true;
      return undefined;
    }
    const { request, reply, params, isKnownDocument } = exchange;
    const { authorization, cookie } = request.headers;
    const isSignedIn = authorization !== undefined || (cookieName !== undefined && cookie?.includes(`${cookieName}=`));
    const priority = priorityOf({
      isMutation: beginsWithMutation(params.query),
      isKnownDocument,
      isSignedIn: isSignedIn === true,
    });
    const turn = door.enter(priority);
    if (turn === false) throw shedding.refuse(request, reply, 'door', priority);
    exchange.isInside = true;
    const sinceMs = performance.now();
    return turn.then((mayGo) => {
      exchange.waitedMs = performance.now() - sinceMs;
      if (mayGo && !hasLeft(exchange)) return;
      exchange.isInside = mayGo;
      throw shedding.refuse(request, reply, 'door', priority);
    });
  };
}

/** Nobody hears the answer of one that has waited for too long. */
const hasLeft = ({ reply }: Exchange): boolean => reply.raw.destroyed;
