import { expect, it } from 'vitest';
import { unavailableNumbers, type TellingGuest } from '../../../electron/core/history/unavailable.ts';
import { readingAt } from './counters.ts';

const guest: TellingGuest = { accelerator: 'tcg', disks: 0, hasNetwork: false };
const reasons = (counters: Parameters<typeof readingAt>[1], of: TellingGuest | null): Record<string, string> =>
  Object.fromEntries(unavailableNumbers(readingAt(1, { exits: 1, networkReceivedBytes: 1, networkSentBytes: 1, ...counters }), of).map(({ number, reason }) => [number, reason]));

it('a number that is there needs no reason', () => {
  expect(reasons({}, guest)).toEqual({});
});

it('the exits of a guest are missing for another reason with each accelerator', () => {
  const exits = (accelerator: TellingGuest['accelerator']): string => reasons({ exits: null }, { ...guest, accelerator })['exits'] ?? '';
  expect(exits('tcg')).toContain('translates');
  expect(exits('kvm')).toContain('query-stats');
  expect(exits('hvf')).toContain('hvf');
});

it('what a guest does not have is told apart from what nobody counts', () => {
  const none = { diskReadBytes: null, networkSentBytes: null };
  expect(reasons(none, guest)).toEqual({ diskReadBytes: 'the guest has no disk', networkSentBytes: 'the guest has no network card' });
  expect(reasons(none, { ...guest, disks: 1, hasNetwork: true })).toEqual({ diskReadBytes: 'QEMU does not answer', networkSentBytes: 'QEMU’s user-mode network does not count its bytes' });
});

it('the host has reasons of its own', () => {
  expect(reasons({ exits: null, hostFaults: null }, null)).toEqual({ exits: expect.stringContaining('virtual machine') as string, hostFaults: expect.stringContaining('/proc') as string });
});
