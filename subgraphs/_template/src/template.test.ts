import { newId } from '@tributary/service-kit';
import { eachEngine, startTestSubgraph, type TestSubgraph } from '@tributary/service-kit/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { subgraph } from './subgraph.ts';

const ADD =
  'mutation ($title: String!) { addTemplateItem(input: { title: $title }) { item { id title } errors { __typename ... on DomainError { code } } } }';
const user = { kind: 'user', userId: newId(), roles: ['customer'] } as const;

eachEngine('items', (open) => {
  let server: TestSubgraph;
  beforeAll(async () => {
    server = await startTestSubgraph(subgraph, { database: await open() });
  });
  afterAll(() => server.stop());

  it('are added by a user, listed, found as entities, and announced', async () => {
    const added = await server.query(ADD, { title: '  A title ' }, user);
    expect(added).toMatchObject({ data: { addTemplateItem: { item: { title: 'A title' }, errors: [] } } });
    const { id } = added.data.addTemplateItem.item;

    const listed = await server.query('{ templateItems { items { id } pagination { page limit total pages } } }');
    expect(listed.data.templateItems).toEqual({
      items: [{ id }],
      pagination: { page: 1, limit: 10, total: 1, pages: 1 },
    });

    const representations = [
      { __typename: 'TemplateItem', id },
      { __typename: 'TemplateItem', id: newId() },
      { __typename: 'TemplateItem', id: 'nonsense' },
    ];
    const entities = await server.query(
      'query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on TemplateItem { title } } }',
      { representations },
    );
    expect(entities.data._entities).toEqual([{ title: 'A title' }, null, null]);

    const events = await server.published();
    expect(events).toMatchObject([
      { type: 'template.item.added.v1', subject: id, data: { itemId: id, ownerId: user.userId } },
    ]);
  });

  it('refuse a title that is empty, too long or no text, and anybody who is not signed in', async () => {
    for (const title of [' ', 'x'.repeat(201), 'a\0b']) {
      const refused = await server.query(ADD, { title }, user);
      expect(refused.data.addTemplateItem).toEqual({
        item: null,
        errors: [{ __typename: 'InvalidInputError', code: 'INVALID_INPUT' }],
      });
    }
    const stranger = await server.query(ADD, { title: 'A title' });
    expect(stranger.errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
  });
});
