/** What is looked for: a part of everything personal or secret that is sent. */
export const CANARY = 'c4nary';
const CARD_NUMBER = '4242424242424242';
/** Also what is left of it where somebody has taken its first part off. */
export const PERSONAL: readonly string[] = [CANARY, CARD_NUMBER];
/** In its place in what is said of products: that is public, and so in events too. */
export const PUBLIC = 'publ1c';
export const EMAIL = `${CANARY}.person@example.com`;
export const CARD_TOKEN = `tok_${CANARY}_${CARD_NUMBER}`;
export const PASSWORD = `${CANARY}-and-the-mine-below`;
export const ACCESS_TOKEN = `eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiI${CANARY}ifQ.c2lnbmF0dXJl`;

/** By the scalar's name. */
export const scalars: Readonly<Record<string, readonly string[]>> = {
  String: [EMAIL, CARD_TOKEN, PASSWORD, ACCESS_TOKEN],
  ID: [EMAIL, CARD_TOKEN],
  // What is wrong in them is quoted by whoever refuses them.
  Int: [EMAIL],
  Boolean: [PASSWORD],
  CurrencyCode: [CARD_TOKEN],
  CountryCode: [EMAIL],
};
