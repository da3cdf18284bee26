import {
  CodedError,
  checkLimit,
  type Db,
  DomainError,
  decodeCursor,
  encodeCursor,
  type Identity,
  isAdmin,
  requireUser,
  type ServiceKit,
} from '@tributary/service-kit';
import {
  findOrder,
  listOrders,
  listOrdersOfCustomers,
  type OrderRow,
  type OrderSlice,
  type OrderStatus,
} from '../store/order-store.ts';
import { optionalText } from './input-text.ts';
import { isId } from './is-id.ts';
import { changeableOrder } from './order-access.ts';
import type { OrderSaga } from './order-saga.ts';

const MAX_REASON_LENGTH = 500;

/** Arguments of a connection of orders. */
export interface OrderPageArguments {
  first: number;
  after?: string | null | undefined;
  status?: OrderStatus | null | undefined;
}

export interface OrderPage {
  nodes: OrderRow[];
  edges: { node: OrderRow; cursor: string }[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

/** The rules about orders that are there already. */
export interface Orders {
  /**
   * Newest first: a customer's own, all for an administrator.
   *
   * @throws CodedError UNAUTHENTICATED, BAD_USER_INPUT
   */
  page(identity: Identity, asked: OrderPageArguments): Promise<OrderPage>;
  /**
   * @throws CodedError UNAUTHENTICATED; DomainError NotFoundError, OrderNotCancellableError, InvalidInputError
   */
  cancel(identity: Identity, input: { orderId: string; reason?: string | null | undefined }): Promise<OrderRow>;
}

export function createOrders({ database }: Pick<ServiceKit, 'database'>, saga: OrderSaga): Orders {
  return {
    async page(identity, asked) {
      const { userId } = requireUser(identity);
      const { db } = database;
      const slice = orderSlice(asked);
      return orderPage(
        asked,
        await (isAdmin(identity) ? listOrders(db, slice) : listOrdersOfCustomers(db, [userId], slice)),
      );
    },
    async cancel(identity, { orderId, reason }) {
      const { userId } = requireUser(identity);
      const note = optionalText('reason', reason, MAX_REASON_LENGTH);
      return database.transaction(async (tx) => {
        const { customerId } = changeableOrder(identity, await findById(tx, orderId));
        const trigger = customerId === userId ? 'CUSTOMER_CANCELLED' : 'ADMIN_CANCELLED';
        const { order, taken } = await saga.advance(tx, orderId, trigger, { note });
        if (order !== undefined && taken) return order;
        throw new DomainError('OrderNotCancellableError', 'The order can no longer be cancelled.', {
          status: order?.status,
        });
      });
    },
  };
}

const findById = async (db: Db, id: string) => (isId(id) ? findOrder(db, id) : undefined);

/** Which rows a page needs: one more than it shows tells whether there is a next one. @throws CodedError BAD_USER_INPUT */
export function orderSlice({ first, after, status }: OrderPageArguments): OrderSlice {
  const limit = checkLimit('first', first) + 1;
  const [lastId] = after == null ? [] : decodeCursor(after, 1);
  if (lastId !== undefined && !isId(String(lastId))) {
    throw new CodedError('BAD_USER_INPUT', 'The cursor is not one that this list gave.');
  }
  return { after: lastId?.toString(), status: status ?? undefined, limit };
}

/** A page from the rows of its slice. */
export function orderPage({ first }: Pick<OrderPageArguments, 'first'>, rows: readonly OrderRow[]): OrderPage {
  const nodes = rows.slice(0, first);
  const edges = nodes.map((node) => ({ node, cursor: encodeCursor([node.id]) }));
  return {
    nodes,
    edges,
    pageInfo: { hasNextPage: rows.length > first, endCursor: edges.at(-1)?.cursor ?? null },
  };
}
