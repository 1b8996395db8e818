import { describe, expect, test } from 'vitest';
import { acceleratorReport, type AcceleratorReport } from '../../../electron/contract/accelerators.ts';
import { completeChoice, probeOrder, untriedChoice } from '../../../electron/core/accelerators/acceleratorReports.ts';
import { chooseAccelerator } from '../../../electron/core/accelerators/chooseAccelerator.ts';
import { resolveCpuModel } from '../../../electron/core/accelerators/cpuModel.ts';
import { judgeProbe } from '../../../electron/core/accelerators/judgeProbe.ts';
import { absenceEvidence, parseAcceleratorHelp } from '../../../electron/core/accelerators/knownAccelerators.ts';

const ms = 1_000_000;
const at = '2026-01-01T00:00:00.000Z';

function report(accelerator: AcceleratorReport['accelerator'], verdict: AcceleratorReport['verdict'], bootMs: number | null = null): AcceleratorReport {
  return { accelerator, architecture: 'i386', verdict, bootNs: bootMs === null ? null : bootMs * ms, tcgBootNs: null, evidence: [], fix: null, command: null, cpuModel: '', qemu: null, testedAt: at };
}

describe('a verdict follows from evidence', () => {
  test.each([
    ['faster than TCG', 90, 'good'],
    ['as fast as TCG', 200, 'good'],
    ['close to TCG', 250, 'good'],
    ['slower than TCG', 251, 'slow'],
    ['much slower than TCG', 9_000, 'slow'],
  ])('%s', (_name, bootMs, verdict) => {
    const judged = judgeProbe('kvm', { kind: 'booted', bootNs: bootMs * ms }, 200 * ms);
    expect(judged).toMatchObject({ verdict, bootNs: bootMs * ms, tcgBootNs: 200 * ms });
    expect(judged.evidence.join()).toContain(`${bootMs} ms; TCG reached it in 200 ms`);
  });

  test('TCG itself is never slower than TCG', () => {
    expect(judgeProbe('tcg', { kind: 'booted', bootNs: 5_000 * ms }, 200 * ms).verdict).toBe('good');
  });

  test('hardware cannot be slow where TCG did not boot', () => {
    expect(judgeProbe('kvm', { kind: 'booted', bootNs: 5_000 * ms }, null)).toMatchObject({ verdict: 'good', tcgBootNs: null });
  });

  test('one that ends is broken, in QEMU’s own words', () => {
    const judged = judgeProbe('kvm', { kind: 'ended', how: 'was ended by SIGABRT', lastLine: '', stderrTail: 'error: failed to set MSR 0x10a to 0x69\n' }, 200 * ms);
    expect(judged).toMatchObject({ verdict: 'broken', bootNs: null, tcgBootNs: 200 * ms });
    expect(judged.evidence).toEqual(['QEMU was ended by SIGABRT', 'the guest printed nothing', 'error: failed to set MSR 0x10a to 0x69']);
  });

  test('one that is late is broken, with the limit and the last line', () => {
    expect(judgeProbe('kvm', { kind: 'late', limitMs: 10_000, lastLine: '[ 2/10] kernel_starts', stderrTail: '' }, null)).toMatchObject({
      verdict: 'broken',
      evidence: ['no prompt within 10000 ms', 'the guest’s last line: [ 2/10] kernel_starts'.replace('’', "'")],
    });
  });

  test.each([
    ['a group that may use it', { mode: 0o660, group: 'kvm' }, 'sudo usermod -aG kvm "$USER"'],
    ['no group that may use it', { mode: 0o600, group: 'root' }, 'sudo setfacl -m "u:$USER:rw" /dev/kvm'],
    ['the group of root', { mode: 0o660, group: 'root' }, 'sudo setfacl -m "u:$USER:rw" /dev/kvm'],
  ])('denied, with %s', (_name, device, command) => {
    const judged = judgeProbe('kvm', { kind: 'denied', device: { path: '/dev/kvm', owner: 'root', ...device } }, null);
    expect(judged).toMatchObject({ verdict: 'denied', command });
    expect(judged.fix).not.toBeNull();
    expect(judged.evidence.join()).toContain(`mode 0${device.mode.toString(8)}`);
  });

  test('an absent one says why', () => {
    const evidence = absenceEvidence('hvf', '/usr/bin/qemu-system-i386', 'linux');
    expect(judgeProbe('hvf', { kind: 'absent', evidence, fix: null }, null)).toMatchObject({ verdict: 'absent', evidence });
    expect(evidence[0]).toContain('it belongs to macOS');
    expect(absenceEvidence('kvm', '/usr/bin/qemu-system-arm', 'linux')[0]).toContain('the host’s own processor');
  });
});

describe('the fastest that works is chosen', () => {
  test.each([
    ['good hardware before TCG', [report('tcg', 'good', 100), report('kvm', 'good', 120)], 'kvm'],
    ['the faster of two', [report('whpx', 'good', 120), report('kvm', 'good', 110)], 'kvm'],
    ['TCG before slow hardware', [report('kvm', 'slow', 9_000), report('tcg', 'good', 100)], 'tcg'],
    ['slow hardware when nothing else works', [report('kvm', 'slow', 9_000), report('tcg', 'broken')], 'kvm'],
    ['nothing when nothing works', [report('kvm', 'denied'), report('tcg', 'broken'), report('hvf', 'absent')], null],
  ])('%s', (_name, reports, expected) => {
    expect(chooseAccelerator(reports)).toBe(expected);
  });

  test('reports are given in the order of the contract, though TCG is tried first', () => {
    expect(probeOrder[0]).toBe('tcg');
    const choice = completeChoice('i386', probeOrder.map((name) => report(name, name === 'tcg' ? 'good' : 'absent', name === 'tcg' ? 1 : null)));
    expect(choice.reports.map(({ accelerator }) => accelerator)).toEqual(['kvm', 'hvf', 'whpx', 'nvmm', 'tcg']);
    expect(choice.chosen).toBe('tcg');
  });

  test('without QEMU every accelerator says what is missing and how to get it', () => {
    const { chosen, reports } = untriedChoice('arm', { code: 'QEMU_MISSING', details: { program: 'qemu-system-arm', searched: ['/bin'], install: 'Install it' } }, at);
    expect(chosen).toBeNull();
    expect(reports.map((one) => acceleratorReport.parse(one).verdict)).toEqual(Array(5).fill('absent'));
    expect(reports[0]).toMatchObject({ evidence: ['qemu-system-arm is not installed.', 'searched: /bin'], fix: 'Install it' });
  });
});

test.each([
  [{ cpuModel: 'auto', board: 'pc' }, 'i386', 'kvm', 'host'],
  [{ cpuModel: 'auto', board: 'pc' }, 'x86_64', 'tcg', 'max'],
  [{ cpuModel: 'auto', board: 'virt' }, 'arm', 'tcg', 'cortex-a15'],
  [{ cpuModel: 'auto', board: 'virt' }, 'aarch64', 'tcg', 'max'],
  [{ cpuModel: 'auto', board: 'virt' }, 'aarch64', 'hvf', 'host'],
  [{ cpuModel: 'pentium', board: 'pc' }, 'i386', 'kvm', 'pentium'],
] as const)('the CPU for %j on %s with %s is %s', (machine, architecture, accelerator, expected) => {
  expect(resolveCpuModel(machine, architecture, accelerator)).toBe(expected);
});

test('only accelerators that Petri knows are read from QEMU’s list', () => {
  expect(parseAcceleratorHelp('Accelerators supported in QEMU binary:\ntcg\nkvm\nxen\nqtest\n')).toEqual(['tcg', 'kvm']);
  expect(parseAcceleratorHelp('')).toEqual([]);
});
