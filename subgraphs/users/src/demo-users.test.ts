import { eachEngine } from '@tributary/service-kit/testing';
import { expect, it } from 'vitest';
import { demoUsers } from './demo-users.ts';
import { startUsers, testConfig } from './testing/start-users.ts';

const config = { ...testConfig, demoData: true };

eachEngine('demo users', (open) => {
  it('are there from the first start on, and stay as their visitors leave them', async () => {
    await using database = await open();
    const first = await startUsers(database, config);
    const sessions = await Promise.all(
      demoUsers.map(({ email, password }) => first.mutate('signIn', { email, password })),
    );
    expect(sessions.map(({ session }) => session.user)).toEqual(
      demoUsers.map(({ id, email, name, roles }) => ({
        id,
        email,
        name,
        locale: 'EN',
        roles: roles.map((role) => role.toUpperCase()),
      })),
    );
    const [ada, grace] = demoUsers.map(({ id, roles }) => ({ kind: 'user', userId: id, roles }) as const);
    expect((await first.query('{ me { addresses { country } } }', {}, ada)).data.me.addresses).toHaveLength(1);
    const announced = (await first.published()).map(({ subject }) => subject);
    expect(announced).toEqual(demoUsers.map(({ id }) => id));
    await first.mutate('updateProfile', { name: 'Ada King' }, ada);
    await first.mutate('closeAccount', { password: demoUsers[1]?.password }, grace);
    await first.stop();

    const second = await startUsers(database, config);
    expect((await second.query('{ me { name addresses { country } } }', {}, ada)).data.me).toMatchObject({
      name: 'Ada King',
      addresses: [{ country: 'GB' }],
    });
    expect((await second.query('{ me { name } }', {}, grace)).data.me).toBeNull();
    expect(await second.published()).toEqual([]);
    await second.stop();
  });
});
