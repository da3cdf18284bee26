import { newId } from '@tributary/service-kit';
import { eachEngine, startTestSubgraph, type TestDatabase, type TestSubgraph } from '@tributary/service-kit/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { subgraph } from './subgraph.ts';

const ADD =
  'mutation ($title: String!) { addTemplateItem(input: { title: $title }) { item { id title } errors { __typename ... on DomainError { code } } } }';
const user = { kind: 'user', userId: newId(), roles: ['customer'] } as const;

eachEngine('items', (open) => {
  let database: TestDatabase;
  let server: TestSubgraph;
  beforeAll(async () => {
    database = await open();
    server = await startTestSubgraph(subgraph, { database });
  });
  afterAll(async () => {
    await server.stop();
    await database.close();
  });

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
    ];
    const entities = await server.query(
      'query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on TemplateItem { title } } }',
      { representations },
    );
    expect(entities.data._entities).toEqual([{ title: 'A title' }, null]);

    const events = await server.published();
    expect(events).toMatchObject([
      { type: 'template.item.added.v1', subject: id, data: { itemId: id, ownerId: user.userId } },
    ]);
  });

  it('refuse an empty title, and anybody who is not signed in', async () => {
    const empty = await server.query(ADD, { title: ' ' }, user);
    expect(empty.data.addTemplateItem).toEqual({
      item: null,
      errors: [{ __typename: 'InvalidTemplateItemError', code: 'INVALID_TEMPLATE_ITEM' }],
    });
    const stranger = await server.query(ADD, { title: 'A title' });
    expect(stranger.errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
  });
});
