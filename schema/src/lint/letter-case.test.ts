import { describe, expect, it } from 'vitest';
import { letterCase } from './letter-case.ts';

describe('letterCase', () => {
  it.each([
    ['user_profile', 'UserProfile', 'userProfile', 'USER_PROFILE'],
    ['HTTPStatus2', 'HttpStatus2', 'httpStatus2', 'HTTP_STATUS_2'],
    ['_order-line__ID', 'OrderLineId', 'orderLineId', 'ORDER_LINE_ID'],
  ])('%s', (name, pascal, camel, screamingSnake) => {
    expect(letterCase.pascal.of(name)).toBe(pascal);
    expect(letterCase.camel.of(name)).toBe(camel);
    expect(letterCase.screamingSnake.of(name)).toBe(screamingSnake);
  });

  it('makes names that fit', () => {
    for (const each of Object.values(letterCase)) expect(each.fits(each.of('user_profile'))).toBe(true);
  });
});
