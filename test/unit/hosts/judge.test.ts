import { describe, expect, it } from 'vitest';
import type { AcceleratorChoice, AcceleratorReport } from '../../../electron/contract/accelerators.ts';
import type { Failure } from '../../../electron/contract/errors.ts';
import { beginTest, capabilityIds, endTest, noAnswer, unknownCapability, type Finding } from '../../../electron/core/hosts/capabilities.ts';
import { judgeAccelerators } from '../../../electron/core/hosts/judgeAccelerators.ts';
import { isOlder, judgeEngine, type EngineProbe } from '../../../electron/core/hosts/judgeEngine.ts';
import { judgeQemu } from '../../../electron/core/hosts/judgeQemu.ts';
import { judgeDisk, judgeMemory } from '../../../electron/core/hosts/judgeSpace.ts';
import { capability } from '../../../electron/contract/hosts.ts';

const build = { id: 'q', program: '/usr/bin/qemu-system-i386', version: '7.2.0', package: 'Debian 1:7.2' };
const missing: Failure = { code: 'QEMU_MISSING', details: { program: 'qemu-system-arm', searched: ['/usr/bin'], install: 'Install QEMU: sudo apt-get install qemu-system-arm' } };
const old: Failure = { code: 'QEMU_TOO_OLD', details: { program: '/usr/bin/qemu-system-i386', version: '2.5.0', minimum: '6.2.0' } };

describe('QEMU', () => {
  it.each([
    ['both are there', [{ architecture: 'i386', build } as const, { architecture: 'arm', build } as const], 'good', /7\.2\.0 is ready/, null],
    ['one is missing', [{ architecture: 'i386', build } as const, { architecture: 'arm', failure: missing } as const], 'limited', /not for arm guests/, /apt-get/],
    ['both are missing', [{ architecture: 'i386', failure: missing } as const, { architecture: 'arm', failure: missing } as const], 'missing', /not installed/, /apt-get/],
    ['it is too old', [{ architecture: 'i386', failure: old } as const, { architecture: 'arm', failure: old } as const], 'broken', /too old/, null],
  ])('is judged when %s', (_, searches, verdict, summary, command) => {
    const finding = judgeQemu(searches, 'linux');
    expect(finding.verdict).toBe(verdict);
    expect(finding.summary).toMatch(summary);
    if (command === null) expect(finding.command).toBeNull();
    else expect(finding.command).toMatch(command);
    expect(finding.evidence.length).toBeGreaterThan(0);
    expect(finding.fix === null).toBe(verdict === 'good');
  });
});

const report = (accelerator: AcceleratorReport['accelerator'], verdict: AcceleratorReport['verdict'], more: Partial<AcceleratorReport> = {}): AcceleratorReport => ({
  accelerator,
  architecture: 'i386',
  verdict,
  bootNs: 1e9,
  tcgBootNs: 1e9,
  evidence: [`${accelerator} said so`],
  fix: null,
  command: null,
  cpuModel: 'max',
  qemu: build,
  testedAt: '2026-11-22T00:00:00.000Z',
  ...more,
});
const choice = (chosen: AcceleratorChoice['chosen'], ...reports: AcceleratorReport[]): AcceleratorChoice => ({ architecture: 'i386', chosen, reports });

describe('acceleration', () => {
  it('is good when hardware was chosen', () => {
    expect(judgeAccelerators([choice('kvm', report('kvm', 'good'), report('tcg', 'good'))], 'linux')).toMatchObject({ verdict: 'good', summary: 'KVM works.', evidence: ['kvm said so'] });
  });

  it.each([
    ['absent', 'is not there'],
    ['denied', 'may not be used by this user'],
    ['broken', 'does not boot a guest here'],
    ['slow', 'is slower here than emulation'],
  ] as const)('is limited, in words of its own, when the system’s is %s', (verdict, words) => {
    const help = { fix: 'do this', command: 'sudo do this' };
    const finding = judgeAccelerators([choice('tcg', report('tcg', 'good'), report('hvf', 'absent'), report('kvm', verdict, help))], 'linux');
    expect(finding).toEqual({ verdict: 'limited', summary: `Guests are emulated (TCG): KVM ${words}.`, evidence: ['kvm said so'], ...help });
  });

  it('speaks of the accelerator of the system that it runs on', () => {
    const reports = [report('tcg', 'good'), report('kvm', 'absent'), report('hvf', 'broken')];
    expect(judgeAccelerators([choice('tcg', ...reports)], 'darwin').summary).toContain('HVF does not boot');
  });

  it('is broken when not even emulation boots', () => {
    expect(judgeAccelerators([choice(null, report('tcg', 'broken'), report('kvm', 'absent'))], 'linux').verdict).toBe('broken');
    expect(judgeAccelerators([], 'linux').verdict).toBe('broken');
  });
});

const address = 'unix:///run/engine.sock';
const probes: Record<string, EngineProbe> = {
  absent: { kind: 'absent', searched: ['the program docker'] },
  stopped: { kind: 'stopped', address, reason: 'connect ECONNREFUSED' },
  denied: { kind: 'denied', address, reason: 'connect EACCES' },
  tooOld: { kind: 'answers', address, engine: 'Engine', version: '3.0.1' },
  strange: { kind: 'strange', address, reason: 'it answers, but not with a version' },
};

describe.each(['docker', 'podman'] as const)('%s', (name) => {
  it('has another text and another fix in each state', () => {
    const findings = Object.values(probes).map((probe) => judgeEngine(name, probe, 'linux'));
    expect(new Set(findings.map(({ summary }) => summary)).size).toBe(findings.length);
    expect(new Set(findings.map(({ fix }) => fix)).size).toBe(findings.length);
    expect(findings.map(({ verdict }) => verdict)).toEqual(['missing', 'missing', 'denied', 'broken', 'broken']);
    for (const { evidence } of findings) expect(evidence.join()).toMatch(/searched|engine\.sock/);
  });

  it('is good when it answers and is new enough', () => {
    expect(judgeEngine(name, { kind: 'answers', address, engine: 'Engine', version: '27.1.0' }, 'linux')).toMatchObject({ verdict: 'good', fix: null, command: null });
  });

  it('has a command for each system, where one helps', () => {
    for (const platform of ['linux', 'darwin', 'win32'] as const) expect(judgeEngine(name, probes['absent'] as EngineProbe, platform).command).toMatch(/apt-get|brew|winget/);
    expect(judgeEngine(name, probes['absent'] as EngineProbe, 'other').command).toBeNull();
  });
});

describe('Docker', () => {
  it('says so when Podman answers in its place', () => {
    const probe: EngineProbe = { kind: 'answers', address, engine: 'Podman Engine', version: '5.0.0' };
    expect(judgeEngine('docker', probe, 'linux')).toMatchObject({ verdict: 'limited', summary: expect.stringContaining('Podman answers') as string });
    expect(judgeEngine('podman', probe, 'linux').verdict).toBe('good');
  });
});

describe('versions', () => {
  it.each([
    ['20.10.24+dfsg1', '20.10', false],
    ['20.9.9', '20.10', true],
    ['4.0', '4.0', false],
    ['3.9.9', '4.0', true],
    ['27', '20.10', false],
    ['dev', '4.0', true],
  ])('%s is older than %s: %s', (version, minimum, older) => {
    expect(isOlder(version, minimum)).toBe(older);
  });
});

const MIB = 1024 ** 2;
describe('space', () => {
  it.each([
    [100, 'broken', 'broken'],
    [500, 'limited', 'limited'],
    [3_000, 'limited', 'good'],
    [50_000, 'good', 'good'],
  ])('of %i MiB is %s on a disk and %s in memory', (mib, disk, memory) => {
    const space = { availableBytes: mib * MIB, totalBytes: 100_000 * MIB };
    const findings: Finding[] = [judgeDisk(space, '/data'), judgeMemory(space)];
    expect(findings.map(({ verdict }) => verdict)).toEqual([disk, memory]);
    for (const { verdict, fix } of findings) expect(fix === null).toBe(verdict === 'good');
  });
});

describe('a card', () => {
  it('goes from unknown through testing to a finding, and fits the contract all the way', () => {
    for (const id of capabilityIds) {
      const card = unknownCapability(id);
      const tested = endTest(beginTest(card), noAnswer(5_000), '2026-11-22T00:00:00.000Z');
      expect([card.testing, beginTest(card).testing, tested.testing]).toEqual([false, true, false]);
      expect(tested).toMatchObject({ verdict: 'broken', evidence: ['no answer within 5 s'] });
      for (const each of [card, tested]) expect(capability.safeParse(each).success).toBe(true);
    }
  });
});
