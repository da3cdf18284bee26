import type { KnownValues, Ways } from './hostile-calls.ts';
import type { KnownThings } from './populated-graph.ts';

/** What a good caller sends, so that the rest of a call with one hostile value is believed. */
export const goodValues = (things: KnownThings): KnownValues['good'] => ({
  String: 'Text',
  ID: things.product,
  Int: 1,
  Boolean: true,
  CurrencyCode: 'EUR',
  CountryCode: 'DE',
  'Query.user.id': things.user,
  'Query.order.id': things.order,
  'Query.payment.id': things.payment,
  'Query.notification.id': things.notification,
  'Query.product.id': things.product,
  'SignUpInput.email': 'new@example.com',
  'SignUpInput.password': 'a-long-and-odd-one',
  'SignInInput.email': 'ada@example.com',
  'ChangePasswordInput.newPassword': 'a-long-and-odd-one',
  'UpdateAddressInput.id': things.address,
  'SetUserRolesInput.userId': things.user,
  'CreateProductInput.sku': 'NEW-1',
  'UpdateProductInput.id': things.product,
  'ProductImageInput.url': '/media/headphones.svg',
  'PlaceOrderInput.paymentMethodId': things.paymentMethod,
  'CancelOrderInput.orderId': things.order,
  'RequestReturnInput.orderId': things.order,
  'CompletePaymentChallengeInput.paymentId': things.challengedPayment,
  'RefundPaymentInput.paymentId': things.payment,
  'AddPaymentMethodInput.token': 'tok_visa',
  'RegisterWebhookInput.url': 'https://example.com/hook',
  'QuietHoursInput.start': '22:00',
  'QuietHoursInput.end': '07:00',
  'QuietHoursInput.timeZone': 'Europe/Berlin',
});

/** To the types whose fields take arguments. */
export const ways: Ways = {
  User: 'me { … }',
  Product: 'products(first: 1) { nodes { … } }',
  Reconciliation: 'reconciliation { … }',
};
