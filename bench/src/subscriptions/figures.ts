import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { cpuTimeOf } from '../process-usage.ts';

/** What ten thousand idle subscriptions may have resident, of which the chart's pods have 512 MiB. */
const MOST_MEBIBYTES = 600;
const IDLE_MS = 20_000;

/** Prints what was measured, and remembers what is not as it has to be. */
export class Figures {
  readonly #missed: string[] = [];

  print(what: string, value: string | number): void {
    console.log(`${what.padEnd(60)} ${value}`);
  }

  /** @param missed what is told when it is not so */
  expect(isSo: boolean, missed: string): void {
    if (!isSo) this.#missed.push(missed);
  }

  /** Resident memory and CPU of connections that do nothing. @param before resident without them, in MiB */
  async idle(pid: number, before: number, connections: number): Promise<void> {
    await delay(2000);
    const cpu = cpuTimeOf(pid);
    await delay(IDLE_MS);
    const resident = residentOf(pid);
    this.print('resident without, with (MiB)', `${before.toFixed(0)}, ${resident.toFixed(0)}`);
    this.print('of each connection (KiB)', (((resident - before) * 1024) / connections).toFixed(1));
    this.print('CPU while idle', `${((100 * (cpuTimeOf(pid) - cpu)) / IDLE_MS).toFixed(1)} % of a core`);
  }

  peakMemory(what: string, mebibytes: number): void {
    this.print(`${what}: resident at most (MiB)`, mebibytes.toFixed(0));
    this.expect(
      mebibytes <= MOST_MEBIBYTES,
      `${what}: ${mebibytes.toFixed(0)} MiB resident, more than ${MOST_MEBIBYTES}`,
    );
  }

  /** @throws Error that names all that was not as it has to be */
  assertAll(): void {
    if (this.#missed.length > 0) throw new Error(`not as it has to be:\n  ${this.#missed.join('\n  ')}`);
  }
}

/** In MiB. */
export const residentOf = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
