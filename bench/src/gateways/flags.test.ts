import { describe, expect, it } from 'vitest';
import { readFlags } from './flags.ts';

describe('the flags of npm run bench', () => {
  it('measures every gateway in every mode by default', () => {
    expect(readFlags([])).toEqual({
      seconds: 5,
      rounds: 3,
      only: ['stock', 'hive', 'hive-rust', 'drop-in', 'tributary'],
      modes: ['off', 'distinct', 'sharing'],
      json: undefined,
      quick: false,
    });
  });

  it('reads what to measure, how long and where to write', () => {
    const args = ['--seconds', '10', '--rounds', '7', '--only', 'stock,hive-rust', '--mode', 'distinct', '--json', 'f'];
    expect(readFlags(args)).toMatchObject({
      seconds: 10,
      rounds: 7,
      only: ['stock', 'hive-rust'],
      modes: ['distinct'],
      json: 'f',
    });
  });

  it('installs nothing for --quick, unless it is asked to', () => {
    expect(readFlags(['--quick']).only).toEqual(['stock', 'drop-in', 'tributary']);
    expect(readFlags(['--quick', '--only', 'hive']).only).toEqual(['hive']);
  });

  it.each([
    [['--seconds', '0'], '--seconds takes a whole number from 1 on, not 0'],
    [['--rounds', '1.5'], '--rounds takes a whole number from 1 on, not 1.5'],
    [['--only', 'stock,cosmo'], '--only takes stock, hive, hive-rust, drop-in, tributary, not cosmo'],
    [['--mode', ''], '--mode takes off, distinct, sharing, not '],
    [['--second', '5'], "Unknown option '--second'"],
  ])('refuses %j', (args, message) => {
    expect(() => readFlags(args)).toThrow(message);
  });
});
