import { describe, expect, it } from 'vitest';
import { neverTaken, otherReadings, readDiskCounts } from '../../../electron/core/measurements/otherReadings.ts';

/** An answer as QEMU 7.2 gives it, with more in it than is read. */
const answer = (rd: number, wr: number) => [
  { device: 'a', stats: { rd_operations: rd, wr_operations: wr, rd_bytes: rd * 512, wr_bytes: wr * 1_024, flush_operations: 9 }, parent: { stats: { rd_bytes: 77 } } },
  { device: 'b', stats: { rd_operations: 1, wr_operations: 0, rd_bytes: 512, wr_bytes: 0 } },
];

describe('readings beside the events', () => {
  it('of disks are what was asked of all of them between begin and end', () => {
    const disks = { before: readDiskCounts(answer(2, 3)), after: readDiskCounts(answer(7, 4)) };
    expect(otherReadings({ disks, loadNs: null, work: null })).toMatchObject({ blockOperations: { value: 6, instrument: 'qmp' }, blockBytesRead: { value: 2_560 }, blockBytesWritten: { value: 1_024 } });
    expect(readDiskCounts([])).toEqual({ operations: 0, bytesRead: 0, bytesWritten: 0 });
    expect(() => readDiskCounts([{ device: 'a' }])).toThrow();
  });

  it('of a load are its time, and its rate where its work is known', () => {
    expect(otherReadings({ disks: null, loadNs: 5e8, work: { unit: 'calls', amount: 1_000 } })).toMatchObject({ workTime: { value: 5e8 }, workRate: { value: 2_000, technique: expect.stringMatching(/^calls in a second/) as string } });
    expect(otherReadings({ disks: null, loadNs: 5e8, work: null })).not.toHaveProperty('workRate');
    expect(otherReadings({ disks: null, loadNs: null, work: { unit: 'calls', amount: 1_000 } })).toEqual({});
  });

  it('that nobody takes have their reason, which depends on the accelerator where it does', () => {
    expect(neverTaken('networkBytesSent', 'tcg', false)?.reason).toContain('no network card');
    expect(neverTaken('networkBytesSent', 'tcg', true)).toBeNull();
    expect(neverTaken('virtualMachineExits', 'tcg')?.reason).toContain('tcg emulates');
    expect(neverTaken('virtualMachineExits', 'kvm')?.reason).toContain('for the dashboard alone');
    expect(neverTaken('systemCalls', 'tcg')).toBeNull();
  });
});
