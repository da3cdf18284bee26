// biome-ignore lint/suspicious/noExplicitAny: a test reads answers of many shapes
type Data = any;

export interface GraphAnswer {
  status: number;
  data: Data;
  errors?: { message: string; path?: (string | number)[]; extensions: { code: string; requestId: string } }[];
}

/** Sends one operation to a gateway, as a frontend would. */
export type Ask = (
  query: string,
  variables?: Record<string, unknown>,
  headers?: Record<string, string>,
) => Promise<GraphAnswer>;

export function graphClient(url: string): Ask {
  return async (query, variables = {}, headers = {}) => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query, variables }),
    });
    return { status: response.status, ...((await response.json()) as Omit<GraphAnswer, 'status'>) };
  };
}

/** Signs a demo user in; gives the header that says so from then on. */
export async function signIn(ask: Ask, email: string, password: string): Promise<{ authorization: string }> {
  const { data, errors: failures } = await ask(
    'mutation ($input: SignInInput!) { signIn(input: $input) { session { accessToken } errors { __typename } } }',
    { input: { email, password } },
  );
  if (failures !== undefined) throw new Error(`signIn was answered with ${JSON.stringify(failures)}`);
  const { session, errors } = data.signIn;
  if (session === null) throw new Error(`${email} could not sign in: ${errors[0].__typename}`);
  return { authorization: `Bearer ${session.accessToken}` };
}

/** Sends mutations; gives their payloads, with what they refuse in `errors`. @throws Error with any other error */
export const sender =
  (ask: Ask) =>
  async (name: string, selection: string, headers: Record<string, string>, input: object): Promise<Data> => {
    const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input!`;
    const document = `mutation ($input: ${type}) { ${name}(input: $input) { ${selection} errors { __typename } } }`;
    const { data, errors } = await ask(document, { input }, headers);
    if (errors !== undefined) throw new Error(`${name} was answered with ${JSON.stringify(errors)}`);
    return data[name];
  };

/** The same for mutations that are to succeed. @throws Error also when they refuse */
export const mutator =
  (ask: Ask): ReturnType<typeof sender> =>
  async (name, ...rest) => {
    const payload = await sender(ask)(name, ...rest);
    if (payload.errors.length > 0) throw new Error(`${name} was refused with ${JSON.stringify(payload.errors)}`);
    return payload;
  };
