/** graphql-js quotes the whole variable that does not fit, passwords and all. */
export const withoutValue = (message: string): string =>
  message.replace(
    /^(Variable "\$\w+" got invalid value) .*$/s,
    '$1: it does not have the type that it is declared with.',
  );
