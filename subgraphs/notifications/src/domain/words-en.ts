import type { Words } from './words.ts';

export const wordsEn: Words = {
  languageTag: 'en-GB',
  kinds: {
    WELCOME: {
      title: 'Welcome to Tributary',
      body: 'Your account is open. We are glad that you are here.',
    },
    PASSWORD_CHANGED: {
      title: 'Your password was changed',
      body: 'The password of your account was changed, and every other session has ended. If that was not you, tell us at once.',
    },
    ORDER_PLACED: {
      title: 'We have received your order {number}',
      body: 'Thank you for your order {number} over {amount}. We will write again as soon as it is confirmed.',
    },
    ORDER_CONFIRMED: {
      title: 'Your order {number} is confirmed',
      body: 'Your order {number} over {amount} is confirmed, and the articles are yours. We are getting them ready.',
    },
    ORDER_CANCELLED: {
      title: 'Your order {number} was cancelled',
      body: 'Your order {number} was cancelled: {reason}. You will not be charged; what was paid already is given back.',
    },
    PAYMENT_CHALLENGED: {
      title: 'Please confirm your payment',
      body: 'Your bank wants you to confirm the payment of your order. Until you do so, the order waits.',
    },
    RETURN_REQUESTED: {
      title: 'Your return for order {number}',
      body: 'We have registered your return for order {number}. {amount} will be given back to you.',
    },
    REFUND_MADE: {
      title: 'We have given {amount} back to you',
      body: '{amount} are on their way back to you, by the way in which you paid. Your bank may need a few days.',
    },
    WEBHOOK_DISABLED: {
      title: 'Your webhook at {host} is disabled',
      body: 'Your webhook at {host} no longer takes what we send, so we have stopped sending to it. Once it works again, enable it.',
    },
  },
  reasons: {
    CUSTOMER: 'you asked us to',
    OUT_OF_STOCK: 'an article is no longer in stock',
    PAYMENT_DECLINED: 'the payment was not possible',
    EXPIRED: 'the payment did not arrive in time',
    ADMIN: 'we had to cancel it',
  },
  mail: {
    greeting: 'Hello {name},',
    greetingWithoutName: 'Hello,',
    closing: 'Tributary',
    unsubscribe: 'No more e-mails of this kind',
    required: 'We send this e-mail to everybody, for the security of their accounts.',
  },
  unsubscribePage: {
    title: 'E-mails from Tributary',
    question: {
      ORDERS: 'No more e-mails about your orders, payments and returns?',
      ACCOUNT: 'No more e-mails about your account, unless its security is concerned?',
    },
    button: 'No more e-mails',
    done: 'Done: we will not send you such e-mails any more. You can change that in your preferences.',
    badLink: 'This link is not valid. Use the one in a newer e-mail, or change your preferences.',
  },
};
