import { fileURLToPath } from 'node:url';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { expect, test } from 'vitest';
import { readSupergraph } from '../planning/read-supergraph.ts';
import { openApiFiles } from './openapi-files.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const files = await openApiFiles(root, readSupergraph(root));
const documents = files.filter(({ path }) => path.endsWith('.json'));

test('there are both versions of OpenAPI, and types for clients', () => {
  expect(files.map(({ path }) => path)).toEqual(
    expect.arrayContaining(['schema/openapi/v1.json', 'schema/openapi/v1-3.0.json', 'schema/openapi/v1.generated.ts']),
  );
});

test.each(documents)('a linter finds nothing in $path', async ({ path, content }) => {
  const config = await createConfig({ extends: ['recommended'] });
  const problems = await lintFromString({ source: content ?? '', absoluteRef: path, config });
  expect(problems.map(({ ruleId, message, location }) => [ruleId, message, location[0]?.pointer])).toEqual([]);
});

test('a linter finds what is wrong', async () => {
  const config = await createConfig({ extends: ['recommended'] });
  const broken = files[0]?.content.replace('"#/components/schemas/Problem"', '"#/components/schemas/Nothing"') ?? '';
  const problems = await lintFromString({ source: broken, absoluteRef: 'v1.json', config });
  expect(problems.map(({ ruleId }) => ruleId)).toContain('no-unresolved-refs');
});

test('the contract of the list of users', () => {
  const { paths, components } = JSON.parse(files[0]?.content ?? '');
  const list = paths['/users'].get;
  expect(list.parameters.map(({ name, schema }: { name: string; schema: object }) => [name, schema])).toEqual([
    ['page', { type: 'integer', format: 'int32', minimum: 1, default: 1 }],
    ['limit', { type: 'integer', format: 'int32', minimum: 1, maximum: 100, default: 10 }],
  ]);
  const { schema } = list.responses[200].content['application/json'];
  expect(schema).toEqual({ $ref: '#/components/schemas/UserPage' });
  expect(components.schemas.UserPage.properties).toMatchObject({
    users: { type: 'array', items: { $ref: '#/components/schemas/User' } },
    pagination: { $ref: '#/components/schemas/Pagination' },
  });
  expect(components.schemas.User.properties).toMatchObject({
    id: { type: 'string', format: 'uuid' },
    email: { type: ['string', 'null'], format: 'email' },
    name: { type: ['string', 'null'] },
    createdAt: { type: 'string', format: 'date-time' },
  });
  expect(Object.keys(components.schemas.Pagination.properties)).toEqual(['page', 'limit', 'total', 'pages']);
});
