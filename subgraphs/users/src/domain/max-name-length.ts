/** Of what people and recipients are called, in characters. */
export const MAX_NAME_LENGTH = 100;
