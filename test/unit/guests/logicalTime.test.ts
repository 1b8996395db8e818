import { describe, expect, it } from 'vitest';
import { logicalTime, logicalTimeObstacle } from '../../../electron/core/guests/logicalTime.ts';
import { declared } from '../../support/declared.ts';

const board = { board: 'pc', cpus: 1, memoryMiB: 64 };

describe('logical time', () => {
  it('adds nothing where it is not wanted, and the clock of instructions where it is', () => {
    expect(logicalTime({ accelerator: 'tcg', machine: board })).toEqual([]);
    expect(logicalTime({ accelerator: 'kvm', machine: board, logicalTime: false })).toEqual([]);
    expect(logicalTime({ accelerator: 'tcg', machine: board, logicalTime: true })).toEqual(['-icount', 'shift=0,sleep=off', '-rtc', 'base=2024-01-01,clock=vm']);
  });

  it('is refused with a reason where the processor runs the guest, and with several CPUs', async () => {
    expect((await declared('LOGICAL_TIME_REFUSED', () => logicalTime({ accelerator: 'kvm', machine: board, logicalTime: true }))).details.reason).toContain('kvm');
    expect((await declared('LOGICAL_TIME_REFUSED', () => logicalTime({ accelerator: 'tcg', machine: { ...board, cpus: 2 }, logicalTime: true }))).evidence[0]).toContain('2 CPUs');
    expect(logicalTimeObstacle({ accelerator: 'tcg', machine: board })).toBeNull();
  });
});
