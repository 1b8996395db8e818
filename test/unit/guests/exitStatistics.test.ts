import { expect, it } from 'vitest';
import { exitsIn } from '../../../electron/core/guests/exitStatistics.ts';

// The form of qapi/stats.json (QEMU 7.2); no KVM machine was at hand to take an answer from.
it('exits of all virtual processors are summed', () => {
  const cpu = (value: number): unknown => ({ provider: 'kvm', 'qom-path': '/machine/unattached/device[0]', stats: [{ name: 'halt_wakeup', value: 9 }, { name: 'exits', value }] });
  expect(exitsIn([cpu(10), cpu(5)])).toBe(15);
});

it('an answer without them says that nobody counts', () => {
  expect([[], [{ provider: 'kvm', stats: [] }], [{ provider: 'other', stats: [{ name: 'exits', value: 1 }] }], 'nonsense'].map(exitsIn)).toEqual([null, null, null, null]);
});
