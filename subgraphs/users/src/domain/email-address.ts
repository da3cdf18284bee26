const MAX_LENGTH = 254;
const MAX_LOCAL_LENGTH = 64;
/** Dot-atom and a domain name of two labels or more (RFC 5321, without quoted strings and address literals), in ASCII. */
const EMAIL_ADDRESS =
  /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*@(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)+[a-z][a-z\d-]{0,61}[a-z\d]$/i;

/** Whether mail can be sent there, as far as its form says. */
export const isEmailAddress = (text: string): boolean =>
  text.length <= MAX_LENGTH && text.indexOf('@') <= MAX_LOCAL_LENGTH && EMAIL_ADDRESS.test(text);

/** One form for all spellings of an address. Hosts that tell capitals apart exist on paper only. */
export const foldEmail = (email: string): string => email.trim().toLowerCase();
