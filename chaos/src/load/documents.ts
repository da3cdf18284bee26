/** The operations that customers and administrators send. */
export const documents = {
  signIn: `mutation ($input: SignInInput!) {
    signIn(input: $input) { session { accessToken user { id } } errors { __typename } } }`,
  signUp: `mutation ($input: SignUpInput!) {
    signUp(input: $input) { session { accessToken user { id } } errors { __typename } } }`,
  createProduct: `mutation ($input: CreateProductInput!) {
    createProduct(input: $input) { product { id version } errors { __typename } } }`,
  product: 'query ($sku: String!) { product(sku: $sku) { id version } }',
  updateProduct: `mutation ($input: UpdateProductInput!) {
    updateProduct(input: $input) { product { id version } errors { __typename } } }`,
  restock: `mutation ($input: RestockInput!) {
    restock(input: $input) { product { id } errors { __typename } } }`,
  addPaymentMethod: `mutation ($input: AddPaymentMethodInput!) {
    addPaymentMethod(input: $input) { paymentMethod { id } errors { __typename } } }`,
  clearCart: 'mutation { clearCart(input: {}) { errors { __typename } } }',
  addToCart: `mutation ($input: AddToCartInput!) {
    addToCart(input: $input) { cart { id } errors { __typename } } }`,
  placeOrder: `mutation ($input: PlaceOrderInput!) {
    placeOrder(input: $input) {
      order { id number status total { amountMinor currency } }
      errors {
        __typename
        ... on DomainError { code message }
        ... on OutOfStockError { order { id number status } products { productId requested available } }
      } } }`,
  cancelOrder: `mutation ($input: CancelOrderInput!) {
    cancelOrder(input: $input) { order { id status } errors { __typename } } }`,
  requestReturn: `mutation ($input: RequestReturnInput!) {
    requestReturn(input: $input) { order { id status } errors { __typename } } }`,
  completePaymentChallenge: `mutation ($input: CompletePaymentChallengeInput!) {
    completePaymentChallenge(input: $input) { payment { id status } errors { __typename } } }`,
  refundPayment: `mutation ($input: RefundPaymentInput!) {
    refundPayment(input: $input) { refund { id } errors { __typename } } }`,
  orderUpdated: 'subscription ($id: ID!) { orderUpdated(id: $id) { status timeline { status } } }',
  openOrders: `query {
    placed: orders(first: 100, status: PLACED) { nodes { id } }
    reserved: orders(first: 100, status: RESERVED) { nodes { id payments { status } } } }`,
  orderState: `query ($id: ID!) {
    order(id: $id) { status lines { product { id } quantity } payments { id status amount { amountMinor currency } } } }`,
} as const;
