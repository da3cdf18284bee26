import type { RareThings } from './fill-rare-fields.ts';
import type { KnownThings } from './populated-graph.ts';
import type { Viewer } from './viewers.ts';

export type Audience = readonly Viewer[];

export type SeenThings = KnownThings & RareThings;

const everyone: Audience = ['anonymous', 'other', 'owner', 'admin'];
const signedIn: Audience = ['other', 'owner', 'admin'];
const customers: Audience = ['other', 'owner'];
const ownerAndAdmin: Audience = ['owner', 'admin'];
const owner: Audience = ['owner'];
const admin: Audience = ['admin'];

/** Who sees the owner's thing through a root field: the field as it is asked for, and what its answer then holds. */
export interface RootRow {
  field: string;
  query: string;
  shows: keyof KnownThings;
  seenBy: Audience;
}

const root = (field: string, args: string, selection: string, shows: keyof KnownThings, seenBy: Audience): RootRow => ({
  field,
  query: `${field}${args} { ${selection} }`,
  shows,
  seenBy,
});

export const rootRows: readonly RootRow[] = [
  root('me', '', 'id', 'user', owner),
  root('user', '(id: $user)', 'id', 'user', signedIn),
  root('users', '(limit: 100)', 'users { id }', 'user', admin),
  root('product', '(id: $product)', 'id', 'product', everyone),
  root('products', '(first: 100)', 'nodes { id }', 'product', everyone),
  root('cart', '', 'id', 'cart', owner),
  root('cart', '(guestToken: $guestToken)', 'id', 'guestCart', everyone),
  root('cart', '(guestToken: $user)', 'id', 'cart', []),
  root('cart', '(guestToken: $cart)', 'id', 'cart', []),
  root('order', '(id: $order)', 'id', 'order', ownerAndAdmin),
  root('orders', '(first: 100)', 'nodes { id }', 'order', ownerAndAdmin),
  root('payment', '(id: $payment)', 'id', 'payment', ownerAndAdmin),
  root('payments', '(first: 100)', 'nodes { id }', 'payment', admin),
  root('paymentMethods', '', 'id', 'paymentMethod', owner),
  root('ledgerTransactions', '(first: 100)', 'nodes { payment { id } }', 'payment', admin),
  root('ledgerTransactions', '(paymentId: $payment)', 'nodes { payment { id } }', 'payment', admin),
  root('notification', '(id: $notification)', 'id', 'notification', ownerAndAdmin),
  root('webhooks', '', 'id', 'webhook', owner),
];

/** Root fields in whose answers nobody's things stand, by who gets an answer. */
export const impersonalRoots: readonly [seenBy: Audience, names: string][] = [
  [everyone, 'categories'],
  [signedIn, 'notificationPreferences quietHours'],
  [admin, 'ledgerAccounts reconciliation trialBalance'],
];

/** Root fields that give another service the entity which it may ask for in its own name anyway (`TypeRow.service`). */
export const serviceRoots = 'user order payment';

/** Subscriptions, by who may begin one. Whose events they bring, the subgraphs decide event by event. */
export const subscriptionRows: readonly [seenBy: Audience, names: string][] = [
  [signedIn, 'orderUpdated notificationReceived'],
];

/**
 * What the schema's directives leave to the subgraphs though not everybody sees it. `me` is the answer to whether anybody
 * is signed in; a cart can be had by a guest's token; and who signs in or up is told of the own account by an answer to a
 * request that had no token yet.
 */
export const decidedByDomain =
  'Query.me Query.cart User.id User.email User.name User.locale User.createdAt User.closedAt User.addresses User.roles ' +
  'Address.id Address.recipient Address.line1 Address.line2 Address.postalCode Address.city Address.region Address.country';

/** Who sees the fields of one type, on the objects that the `ways` (with `…` for the fields) lead to. */
export interface TypeRow {
  type: string;
  /** The version line whose API is asked; otherwise what is asked without a version. */
  line?: number;
  ways: readonly string[];
  /** Where the type is an entity: those objects as its subgraphs are asked for them. */
  entities?: (things: SeenThings) => Record<string, unknown>[];
  fields: readonly [seenBy: Audience, names: string][];
  /** What another service sees of the entity in its own name. */
  service?: string;
}

/** A type whose objects are seen as a whole or not at all. */
const whole = (type: string, seenBy: Audience, way: string | readonly string[], names: string): TypeRow => ({
  type,
  ways: [way].flat(),
  fields: [[seenBy, names]],
});

export const typeRows: readonly TypeRow[] = [
  {
    type: 'User',
    ways: [
      'user(id: $user) { … }',
      'order(id: $order) { customer { … } }',
      'notification(id: $notification) { recipient { … } }',
      'users(limit: 10) { users { … } }',
      'user(id: $closedUser) { … }',
    ],
    entities: ({ user, email, closedUser }) => [{ id: user, email }, { id: closedUser }],
    service: 'name locale createdAt closedAt email roles addresses orders cart',
    fields: [
      [signedIn, 'id name locale createdAt'],
      [admin, 'closedAt'],
      [ownerAndAdmin, 'email emailBouncedAt roles addresses orders cart notifications unreadNotificationCount'],
    ],
  },
  whole(
    'Address',
    ownerAndAdmin,
    'user(id: $user) { addresses { … } }',
    'id recipient line1 line2 postalCode city region country',
  ),
  whole('UserPage', admin, 'users { … }', 'users pagination'),

  {
    type: 'Product',
    ways: [
      'product(id: $product) { … }',
      'order(id: $order) { lines { product { … } } }',
      'user(id: $user) { cart { lines { product { … } } } }',
      'products(first: 2) { nodes { … } }',
      'products(first: 2) { edges { node { … } } }',
    ],
    entities: ({ product }) => [{ id: product, weightGrams: 100 }],
    service:
      'sku name description category price weightGrams images inStock available active createdAt updatedAt version shippingEstimate',
    fields: [
      [everyone, 'id sku name description category price weightGrams images inStock available active'],
      [everyone, 'createdAt updatedAt version shippingEstimate'],
      [admin, 'stock stockMovements'],
    ],
  },
  { type: 'Product', line: 2, ways: ['product(id: $product) { … }'], fields: [[everyone, 'availability']] },
  {
    type: 'Availability',
    line: 2,
    ways: ['product(id: $product) { availability { … } }'],
    fields: [[everyone, 'inStock quantity']],
  },
  whole('ProductConnection', everyone, 'products { … }', 'edges nodes pageInfo totalCount'),
  whole('ProductEdge', everyone, 'products { edges { … } }', 'node cursor'),
  whole('ProductImage', everyone, 'product(id: $product) { images { … } }', 'url alt width height'),
  whole('Category', everyone, 'categories { … }', 'name productCount'),
  whole('Stock', admin, 'product(id: $product) { stock { … } }', 'onHand reserved sold available'),
  whole('StockMovementConnection', admin, 'product(id: $product) { stockMovements { … } }', 'edges nodes pageInfo'),
  whole('StockMovementEdge', admin, 'product(id: $product) { stockMovements { edges { … } } }', 'node cursor'),
  whole(
    'StockMovement',
    admin,
    [
      'product(id: $product) { stockMovements(first: 100) { nodes { … } } }',
      'product(id: $product) { stockMovements(first: 100) { edges { node { … } } } }',
    ],
    'id kind availableDelta reservedDelta soldDelta reason note actorId orderId createdAt',
  ),

  whole('Cart', ownerAndAdmin, 'user(id: $user) { cart { … } }', 'id lines subtotal itemCount updatedAt'),
  whole('Cart', everyone, 'cart(guestToken: $guestToken) { … }', 'id lines subtotal itemCount updatedAt'),
  whole(
    'CartLine',
    ownerAndAdmin,
    'user(id: $user) { cart { lines { … } } }',
    'product quantity unitPrice currentPrice priceChanged available lineTotal',
  ),
  whole(
    'CartLine',
    everyone,
    'cart(guestToken: $guestToken) { lines { … } }',
    'product quantity unitPrice currentPrice priceChanged available lineTotal',
  ),
  {
    type: 'Order',
    ways: [
      'order(id: $order) { … }',
      'user(id: $user) { orders(first: 100) { nodes { … } } }',
      'user(id: $user) { orders(first: 100) { edges { node { … } } } }',
      'payment(id: $payment) { order { … } }',
      'notification(id: $notification) { order { … } }',
    ],
    entities: ({ order, outOfStockOrder }) => [{ id: order }, { id: outOfStockOrder }],
    service:
      'number status lines subtotal shipping total timeline customer placedAt updatedAt cancellable cancellation payments',
    fields: [
      [ownerAndAdmin, 'id number status lines subtotal shipping total shippingAddress timeline customer'],
      [ownerAndAdmin, 'placedAt updatedAt cancellable cancellation payments'],
    ],
  },
  whole('OrderConnection', ownerAndAdmin, 'user(id: $user) { orders { … } }', 'edges nodes pageInfo'),
  whole('OrderEdge', ownerAndAdmin, 'user(id: $user) { orders { edges { … } } }', 'node cursor'),
  whole(
    'OrderLine',
    ownerAndAdmin,
    'order(id: $order) { lines { … } }',
    'product sku name quantity unitPrice lineTotal',
  ),
  {
    type: 'OrderTimelineEntry',
    ways: ['user(id: $user) { orders(first: 100) { nodes { timeline { … } } } }'],
    fields: [
      [ownerAndAdmin, 'at status cause message note'],
      [admin, 'eventId'],
    ],
  },
  whole(
    'OrderCancellation',
    ownerAndAdmin,
    'order(id: $outOfStockOrder) { cancellation { … } }',
    'reason at outOfStock',
  ),
  whole(
    'StockShortage',
    ownerAndAdmin,
    'order(id: $outOfStockOrder) { cancellation { outOfStock { … } } }',
    'productId requested available',
  ),
  whole(
    'ShippingAddress',
    ownerAndAdmin,
    'order(id: $order) { shippingAddress { … } }',
    'recipient line1 line2 postalCode city region country',
  ),

  {
    type: 'Payment',
    ways: [
      'payment(id: $payment) { … }',
      'payment(id: $challengedPayment) { … }',
      'payment(id: $declinedPayment) { … }',
      'order(id: $order) { payments { … } }',
      'payments(first: 100) { nodes { … } }',
      'payments(first: 100) { edges { node { … } } }',
      'ledgerTransactions(paymentId: $payment) { nodes { payment { … } } }',
      'reconciliation { openDifferences { nodes { payment { … } } } }',
    ],
    entities: ({ payment, challengedPayment, declinedPayment }) =>
      [payment, challengedPayment, declinedPayment].map((id) => ({ id })),
    service: 'order status amount refundedAmount declineReason challenge refunds createdAt updatedAt',
    fields: [
      [ownerAndAdmin, 'id order status amount refundedAmount method declineReason challenge refunds'],
      [ownerAndAdmin, 'createdAt updatedAt'],
    ],
  },
  whole('PaymentConnection', admin, 'payments { … }', 'edges nodes pageInfo'),
  whole('PaymentEdge', admin, 'payments { edges { … } }', 'node cursor'),
  whole('PaymentMethodSummary', ownerAndAdmin, 'payment(id: $payment) { method { … } }', 'brand last4'),
  whole(
    'PaymentChallenge',
    ownerAndAdmin,
    'payment(id: $challengedPayment) { challenge { … } }',
    'url instructions expiresAt',
  ),
  {
    type: 'Refund',
    ways: ['payment(id: $payment) { refunds { … } }'],
    fields: [
      [ownerAndAdmin, 'id amount status cause createdAt'],
      [admin, 'reason'],
    ],
  },
  // Each customer's own, see `rootRows`; the administrator has none, and only the owner has given one a name.
  {
    type: 'PaymentMethod',
    ways: ['paymentMethods { … }'],
    fields: [
      [customers, 'id brand last4 expiryMonth expiryYear isDefault createdAt'],
      [owner, 'label'],
    ],
  },
  whole(
    'LedgerAccount',
    admin,
    ['ledgerAccounts { … }', 'trialBalance { accounts { … } }'],
    'account currency debitsMinor creditsMinor balanceMinor',
  ),
  whole('TrialBalance', admin, 'trialBalance { … }', 'asOf accounts totals'),
  whole('TrialBalanceTotal', admin, 'trialBalance { totals { … } }', 'currency debitsMinor creditsMinor isBalanced'),
  whole('Reconciliation', admin, 'reconciliation { … }', 'lastRun openDifferences'),
  whole('ReconciliationRun', admin, 'reconciliation { lastRun { … } }', 'id since startedAt finishedAt entries'),
  whole(
    'ReconciliationDifferenceConnection',
    admin,
    'reconciliation { openDifferences { … } }',
    'edges nodes pageInfo',
  ),
  whole('ReconciliationDifferenceEdge', admin, 'reconciliation { openDifferences { edges { … } } }', 'node cursor'),
  whole(
    'ReconciliationDifference',
    admin,
    [
      'reconciliation { openDifferences { nodes { … } } }',
      'reconciliation { openDifferences { edges { node { … } } } }',
    ],
    'id kind key payment ours provider at foundAt',
  ),
  whole(
    'ReconciliationSide',
    admin,
    [
      'reconciliation { openDifferences { nodes { ours { … } } } }',
      'reconciliation { openDifferences { nodes { provider { … } } } }',
    ],
    'status amountMinor currency',
  ),
  whole('LedgerTransactionConnection', admin, 'ledgerTransactions { … }', 'edges nodes pageInfo'),
  whole('LedgerTransactionEdge', admin, 'ledgerTransactions { edges { … } }', 'node cursor'),
  whole(
    'LedgerTransaction',
    admin,
    [
      'ledgerTransactions { nodes { … } }',
      'ledgerTransactions { edges { node { … } } }',
      'ledgerTransactions(paymentId: $payment) { nodes { … } }',
    ],
    'id kind payment reference amount entries postedAt',
  ),
  whole('LedgerEntry', admin, 'ledgerTransactions { nodes { entries { … } } }', 'account side amount'),

  {
    type: 'Notification',
    ways: [
      'notification(id: $notification) { … }',
      'user(id: $user) { notifications { nodes { … } } }',
      'user(id: $user) { notifications { edges { node { … } } } }',
    ],
    entities: ({ notification, user }) => [
      { id: notification, recipient: { __typename: 'User', id: user, locale: 'EN' } },
    ],
    fields: [[ownerAndAdmin, 'id kind title body createdAt readAt recipient order']],
  },
  whole('NotificationConnection', ownerAndAdmin, 'user(id: $user) { notifications { … } }', 'edges nodes pageInfo'),
  whole('NotificationEdge', ownerAndAdmin, 'user(id: $user) { notifications { edges { … } } }', 'node cursor'),
  // One's own.
  whole('NotificationPreference', signedIn, 'notificationPreferences { … }', 'category channel enabled required'),
  whole('QuietHours', owner, 'quietHours { … }', 'start end timeZone'),
  {
    type: 'Webhook',
    ways: ['webhooks { … }'],
    fields: [[owner, 'id url kinds createdAt status failuresInRow lastDelivery disabledAt disabledReason lastFailure']],
  },
  {
    type: 'WebhookDelivery',
    ways: ['webhooks { lastDelivery { … } }'],
    fields: [[owner, 'state attempts settledAt failure']],
  },
];

/** Seen with the field that they are the value of. */
export const plainValues = 'Money PageInfo Pagination';

/** Arguments without which a field is not answered. */
export const requiredArguments: Readonly<Record<string, string>> = { 'Product.shippingEstimate': '(country: "DE")' };
