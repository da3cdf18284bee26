import { describe, expect, it } from 'vitest';
import { abortValues, promoteValues, shiftValues, startValues } from './canary-values.ts';

const start = { service: 'users', tag: '1.3.0', stableSdl: 'old', canarySdl: 'new' };

describe('a canary with another schema', () => {
  const started = startValues(start);

  it('begins without a share of the requests, with the supergraph that serves kept', () => {
    expect(started.services).toEqual({
      users: { canary: { enabled: true, weight: 0, image: { tag: '1.3.0' } } },
      gateway: { supergraph: { sdl: 'old' }, canary: { enabled: true, weight: 0, supergraph: { sdl: 'new' } } },
    });
  });

  it('gets requests by the gateway alone: the subgraph follows by the header', () => {
    expect(shiftValues('users', 25, started).services).toEqual({ gateway: { canary: { weight: 25 } } });
  });

  it('is promoted while it has all requests, and ends afterwards', () => {
    const [first, second] = promoteValues('users', started);
    expect(first.services).toEqual({
      users: { image: { tag: '1.3.0' }, canary: { weight: 100 } },
      gateway: { supergraph: { sdl: 'new' }, canary: { weight: 100 } },
    });
    expect(second).toEqual(abortValues('users', started));
  });

  it('ends with nothing left of it', () => {
    expect(abortValues('users', started).services).toEqual({
      users: { canary: { enabled: false, image: { tag: null } } },
      gateway: { canary: { enabled: false, supergraph: { sdl: null } } },
    });
  });
});

describe('a canary with the same schema', () => {
  const started = startValues({ ...start, canarySdl: 'old' });

  it('needs none of the gateway, and has the weight itself', () => {
    expect(Object.keys(started.services)).toEqual(['users']);
    expect(shiftValues('users', 25, started).services).toEqual({ users: { canary: { weight: 25 } } });
    expect(promoteValues('users', started)[0].services).toEqual({
      users: { image: { tag: '1.3.0' }, canary: { weight: 100 } },
    });
  });
});

it('does not promote what is not there', () => {
  expect(() => promoteValues('users', { services: { users: null } })).toThrow('users has no canary');
});
