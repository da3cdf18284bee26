import { styleText } from 'node:util';
import type { RunningLocal } from './start-local.ts';

/** What `npm start` prints when everything answers. Its first line is the ready line that programs wait for. */
export function readyMessage({ gateway, demoUsers, observeUrl }: RunningLocal): string {
  const url = gateway.url.replace('127.0.0.1', 'localhost');
  const rows: [string, string][] = [
    ['Start page', url],
    ['GraphQL', `${url}/graphql`],
    ['GraphiQL', `${url}/graphiql`],
    ['OpenAPI', `${url}/v1/openapi.json`],
    ['Mailbox', `${url}/mailbox`],
    ...(observeUrl === undefined ? [] : [['Traces', observeUrl.replace('127.0.0.1', 'localhost')] as [string, string]]),
  ];
  const demo = url === 'http://localhost:4000' ? 'npm run demo' : `npm run demo -- --url ${url}`;
  const users = demoUsers.map(({ email, password, roles }) => [email, password, roles.join(', ')]);
  return [
    `${styleText('green', '●')} Tributary is ready: ${styleText('bold', `${url}/graphql`)}`,
    '',
    ...rows.map(([name, value]) => `  ${name.padEnd(12)} ${styleText('cyan', value)}`),
    '',
    ...users.map(
      ([email = '', password = '', roles = ''], index) =>
        `  ${(index === 0 ? 'Sign in as' : '').padEnd(12)} ${email.padEnd(20)} ${password.padEnd(18)} ${styleText('dim', roles)}`,
    ),
    '',
    `  ${'See it work'.padEnd(12)} ${demo}`,
    `  ${'Stop'.padEnd(12)} Ctrl-C`,
  ].join('\n');
}
