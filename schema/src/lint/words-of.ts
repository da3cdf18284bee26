/** The words of a name, in lower case: `unitPriceMinor` → `unit`, `price`, `minor`; `HTTPStatus` → `http`, `status`. */
export const wordsOf = (name: string): string[] =>
  (name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g) ?? []).map((word) => word.toLowerCase());
