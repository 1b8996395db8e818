import { describe, expect, it } from 'vitest';
import { fingerprintText, readsHypervisorFlag } from '../../../electron/core/hosts/fingerprint.ts';
import { hostFingerprint } from '../../../electron/contract/hosts.ts';
import { readFingerprint } from '../../../electron/host/system/fingerprint.ts';

const facts = { platform: 'linux x64', kernel: 'Linux 6.1', cpuModel: 'A CPU', cores: 2, memoryBytes: 4e9, governor: 'powersave', virtualised: true };

describe('the fingerprint of a machine', () => {
  it('is another one when CPU, cores, memory or kernel differ, and the same when only the governor does', () => {
    const texts = [facts, { ...facts, cpuModel: 'B' }, { ...facts, cores: 4 }, { ...facts, memoryBytes: 8e9 }, { ...facts, kernel: 'Linux 6.2' }].map(fingerprintText);
    expect(new Set(texts).size).toBe(5);
    expect(fingerprintText({ ...facts, governor: 'performance', virtualised: false })).toBe(texts[0]);
  });

  it('is the same each time that this machine is asked, and fits the contract', () => {
    expect(hostFingerprint.parse(readFingerprint())).toEqual(readFingerprint());
  });

  it.each([
    ['flags\t\t: fpu vme hypervisor lahf_lm\nbugs\t: x', true],
    ['flags\t\t: fpu vme lahf_lm\nmodel name\t: hypervisor of things', false],
    ['Features\t: half thumb fastmult', null],
  ])('reads from %j whether the machine is virtual', (cpuinfo, virtual) => {
    expect(readsHypervisorFlag(cpuinfo)).toBe(virtual);
  });
});
