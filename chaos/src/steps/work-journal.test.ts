import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { POSITIONS, stepName } from './step-name.ts';
import { countRepetitions, openWorkJournal, readInterruptedWork } from './work-journal.ts';

const folder = mkdtempSync(join(tmpdir(), 'tributary-journal-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('a work journal', () => {
  it('tells what had begun and not ended', () => {
    const file = join(folder, 'some');
    const journal = openWorkJournal(file);
    const first = journal.begin('order:1');
    journal.begin('order:2');
    journal.begin('order:2');
    first();
    expect(readInterruptedWork(file)).toEqual({ about: ['order:2'], step: undefined });
  });

  it('tells the step at which the process killed itself', () => {
    const file = join(folder, 'step');
    const step = stepName('orders hears a.b.c.v1', POSITIONS.beforeCommit);
    openWorkJournal(file).dieAt(step);
    expect(readInterruptedWork(file).step).toBe(step);
  });

  it('counts what came again', () => {
    const files = [join(folder, 'a'), join(folder, 'b'), join(folder, 'none')];
    const [a, b] = [openWorkJournal(files[0] ?? ''), openWorkJournal(files[1] ?? '')];
    a.note('redelivered');
    a.note('repeated');
    b.note('repeated');
    expect(countRepetitions(files)).toEqual({ redelivered: 1, repeated: 2 });
  });

  it('of a process that never began is empty', () => {
    expect(readInterruptedWork(join(folder, 'none'))).toEqual({ about: [], step: undefined });
  });
});
