import { hash } from 'node:crypto';

/**
 * `Buckets.take` for Redis, in one step and by its clock, so that gateways need not agree on theirs. A key holds when its
 * bucket is full again, and is gone by then.
 *
 * KEYS: the buckets; ARGV: of each one the milliseconds of a token, those of a full bucket, and the tokens to take.
 * Gives 1 or 0, and the debts in microseconds (Redis cuts numbers down to integers).
 */
export const TAKE_SCRIPT = `
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local debts, allowed = {}, 1
for i, key in ipairs(KEYS) do
  local debt = (tonumber(redis.call('GET', key) or now)) - now
  -- Not more than an empty bucket has, also where the clock was set back.
  debts[i] = math.max(0, math.min(debt, ARGV[3 * i - 1]))
  if debts[i] + ARGV[3 * i - 2] * ARGV[3 * i] > ARGV[3 * i - 1] + 0.001 then allowed = 0 end
end
local answer = { allowed }
for i, key in ipairs(KEYS) do
  if allowed == 1 then
    debts[i] = debts[i] + ARGV[3 * i - 2] * ARGV[3 * i]
    redis.call('SET', key, string.format('%.3f', now + debts[i]), 'PX', math.ceil(debts[i]) + 1)
  end
  answer[i + 1] = math.ceil(debts[i] * 1000)
end
return answer
`;

export const TAKE_SCRIPT_SHA = hash('sha1', TAKE_SCRIPT, 'hex');
