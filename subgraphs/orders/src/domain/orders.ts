import {
  type Connection,
  type ConnectionArguments,
  type Db,
  DomainError,
  type Identity,
  idConnection,
  idSlice,
  isAdmin,
  isId,
  longText,
  optionalText,
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
import { requireOpenAccount } from './open-account.ts';
import { changeableOrder } from './order-access.ts';
import type { OrderSaga } from './order-saga.ts';

const MAX_REASON_LENGTH = 500;

/** Arguments of a connection of orders. */
export interface OrderPageArguments extends ConnectionArguments {
  status?: OrderStatus | null | undefined;
}

export type OrderPage = Connection<OrderRow>;

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
      return idConnection(
        asked,
        await (isAdmin(identity) ? listOrders(db, slice) : listOrdersOfCustomers(db, [userId], slice)),
      );
    },
    async cancel(identity, { orderId, reason }) {
      const { userId } = requireUser(identity);
      const note = optionalText(longText, 'reason', reason, MAX_REASON_LENGTH);
      return database.transaction(async (tx) => {
        const { customerId } = changeableOrder(identity, await findById(tx, orderId));
        const trigger = customerId === userId ? 'CUSTOMER_CANCELLED' : 'ADMIN_CANCELLED';
        const { order, taken } = await saga.advance(tx, orderId, trigger, { note });
        await requireOpenAccount(tx, userId);
        if (order !== undefined && taken) return order;
        throw new DomainError('OrderNotCancellableError', 'The order can no longer be cancelled.', {
          status: order?.status,
        });
      });
    },
  };
}

const findById = async (db: Db, id: string) => (isId(id) ? findOrder(db, id) : undefined);

/** Which rows a page needs. @throws CodedError BAD_USER_INPUT */
export const orderSlice = (asked: OrderPageArguments): OrderSlice => ({
  ...idSlice(asked),
  status: asked.status ?? undefined,
});
