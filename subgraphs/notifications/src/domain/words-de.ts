import type { Words } from './words.ts';

export const wordsDe: Words = {
  languageTag: 'de-DE',
  kinds: {
    WELCOME: {
      title: 'Willkommen bei Tributary',
      body: 'Ihr Konto ist eröffnet. Schön, dass Sie da sind.',
    },
    PASSWORD_CHANGED: {
      title: 'Ihr Passwort wurde geändert',
      body: 'Das Passwort Ihres Kontos wurde geändert, und alle anderen Sitzungen sind beendet. Wenn Sie das nicht waren, melden Sie sich bitte sofort bei uns.',
    },
    ORDER_PLACED: {
      title: 'Wir haben Ihre Bestellung {number} erhalten',
      body: 'Vielen Dank für Ihre Bestellung {number} über {amount}. Wir schreiben Ihnen wieder, sobald sie bestätigt ist.',
    },
    ORDER_CONFIRMED: {
      title: 'Ihre Bestellung {number} ist bestätigt',
      body: 'Ihre Bestellung {number} über {amount} ist bestätigt, und die Artikel gehören Ihnen. Wir bereiten sie vor.',
    },
    ORDER_CANCELLED: {
      title: 'Ihre Bestellung {number} wurde storniert',
      body: 'Ihre Bestellung {number} wurde storniert: {reason}. Sie wird Ihnen nicht berechnet; was schon bezahlt ist, erhalten Sie zurück.',
    },
    PAYMENT_CHALLENGED: {
      title: 'Bitte bestätigen Sie Ihre Zahlung',
      body: 'Ihre Bank möchte, dass Sie die Zahlung Ihrer Bestellung bestätigen. Bis dahin wartet die Bestellung.',
    },
    RETURN_REQUESTED: {
      title: 'Ihre Rücksendung zur Bestellung {number}',
      body: 'Wir haben Ihre Rücksendung zur Bestellung {number} aufgenommen. Sie erhalten {amount} zurück.',
    },
    REFUND_MADE: {
      title: 'Wir haben Ihnen {amount} erstattet',
      body: '{amount} gehen an Sie zurück, so wie Sie bezahlt haben. Ihre Bank braucht dafür vielleicht ein paar Tage.',
    },
    WEBHOOK_DISABLED: {
      title: 'Ihr Webhook bei {host} ist abgeschaltet',
      body: 'Ihr Webhook bei {host} nimmt nicht mehr an, was wir senden; deshalb senden wir ihm nichts mehr. Schalten Sie ihn wieder ein, sobald er funktioniert.',
    },
  },
  reasons: {
    CUSTOMER: 'Sie haben darum gebeten',
    OUT_OF_STOCK: 'ein Artikel ist nicht mehr vorrätig',
    PAYMENT_DECLINED: 'die Zahlung war nicht möglich',
    EXPIRED: 'die Zahlung kam nicht rechtzeitig an',
    ADMIN: 'wir mussten sie stornieren',
  },
  mail: {
    greeting: 'Guten Tag {name},',
    greetingWithoutName: 'Guten Tag,',
    closing: 'Tributary',
    unsubscribe: 'Keine solchen E-Mails mehr',
    required: 'Diese E-Mail senden wir allen, für die Sicherheit ihrer Konten.',
  },
  unsubscribePage: {
    title: 'E-Mails von Tributary',
    question: {
      ORDERS: 'Keine E-Mails mehr zu Ihren Bestellungen, Zahlungen und Rücksendungen?',
      ACCOUNT: 'Keine E-Mails mehr zu Ihrem Konto, soweit sie nicht dessen Sicherheit betreffen?',
    },
    button: 'Keine E-Mails mehr',
    done: 'Erledigt: Solche E-Mails senden wir Ihnen nicht mehr. In Ihren Einstellungen können Sie das ändern.',
    badLink:
      'Dieser Link ist nicht gültig. Nehmen Sie den aus einer neueren E-Mail, oder ändern Sie Ihre Einstellungen.',
  },
};
