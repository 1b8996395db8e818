import { describe, expect, it } from 'vitest';
import type { Calibration, CalibrationRow } from '../../../electron/contract/calibrations.ts';
import { calibrationOf, calibrationState, calibrationWords } from '../../../electron/core/calibrations/calibrationState.ts';
import { readLoadCounts } from '../../../electron/core/calibrations/guestCounts.ts';
import { failedBoot } from '../../../electron/core/calibrations/experiment.ts';
import { judge, unavailableRow, type Comparison } from '../../../electron/core/calibrations/judge.ts';
import { planCalibration } from '../../../electron/core/calibrations/planCalibration.ts';
import { settingOf, settings } from '../../../electron/core/calibrations/settings.ts';

const row: Comparison = { instrument: 'plugin', architecture: 'i386', metric: 'systemCalls', what: 'int 0x21', unit: 'count', truth: 100, measured: 100, tolerance: 0 };

describe('a row', () => {
  it('is in when it is exactly equal, and out by one', () => {
    expect(judge(row)).toMatchObject({ error: 0, verdict: 'in', says: '' });
    expect(judge({ ...row, measured: 99 })).toMatchObject({ error: 1, verdict: 'out', says: 'must be equal' });
    expect(judge({ ...row, measured: 101 })).toMatchObject({ error: 1, verdict: 'out' });
  });
  it('counts what was seen and was not there', () => {
    expect(judge({ ...row, strays: 2 })).toMatchObject({ error: 2, verdict: 'out', says: 'must be equal; 2 more that were not there' });
  });
  it('may be wrong by its tolerance and no more', () => {
    const ratio = { ...row, unit: 'ratio', truth: 0.25, tolerance: 0.01 } as const;
    expect(judge({ ...ratio, measured: 0.26 - 1e-12 })).toMatchObject({ verdict: 'in' });
    expect(judge({ ...ratio, measured: 0.2601 })).toMatchObject({ verdict: 'out', says: 'beyond the tolerance' });
  });
  it('is out when the instrument should have measured and did not, with the reason', () => {
    expect(judge({ ...row, measured: null, remark: 'the plugin crashed' })).toMatchObject({ error: null, verdict: 'out', says: 'the plugin crashed' });
  });
  it('is neither in nor out when the instrument cannot see it', () => {
    expect(unavailableRow({ instrument: 'eventLog', architecture: 'arm', metric: 'addressSpaceSwitches', what: 'x', unit: 'count' }, 'not logged')).toMatchObject({ verdict: 'unavailable', error: null, says: 'not logged' });
  });
});

function calibration(id: string, rows: CalibrationRow[], change: Partial<Calibration> = {}): Calibration {
  return {
    id, startedAt: '2026-01-01T00:00:00.000Z', endedAt: null, state: 'done', failure: null, seed: 1,
    host: { id: 'host', platform: 'linux', kernel: 'k', cpuModel: 'c', cores: 2, memoryBytes: 1, governor: null, virtualised: null },
    qemu: [{ id: 'qemu', program: '/q', version: '7.2', package: null }], rows, overheads: [], ...change,
  };
}

const thing = { instrument: 'plugin', architecture: 'i386', hostId: 'host', qemuId: 'qemu' } as const;
const inRow = judge(row);
const outRow = judge({ ...row, what: 'sysenter', measured: 1 });

describe('the mark of a number', () => {
  it('is out as soon as one row of its metric is, in when all are, never when there is none', () => {
    expect(calibrationState([calibration('a', [inRow])], thing, 'systemCalls')).toBe('in');
    expect(calibrationState([calibration('a', [inRow, outRow])], thing, 'systemCalls')).toBe('out');
    expect(calibrationState([calibration('a', [inRow])], thing, 'pageFaults')).toBe('never');
    expect(calibrationState([], thing, 'systemCalls')).toBe('never');
  });
  it('is that of the newest calibration of this instrument and architecture, with this QEMU on this host', () => {
    const older = calibration('older', [outRow]);
    expect(calibrationState([calibration('newer', [inRow]), older], thing, 'systemCalls')).toBe('in');
    const others = [
      calibration('cancelled', [inRow], { state: 'cancelled' }),
      calibration('another host', [inRow], { host: { ...older.host, id: 'other' } }),
      calibration('another QEMU', [inRow], { qemu: [] }),
      calibration('another instrument', [{ ...inRow, instrument: 'eventLog' }]),
      calibration('another architecture', [{ ...inRow, architecture: 'arm' }]),
    ];
    expect(calibrationState([...others, older], thing, 'systemCalls')).toBe('out');
    expect(calibrationOf([...others, older], thing)?.id).toBe('older');
  });
  it('of a metric that is another name of a calibrated one is the same, and what was unavailable says nothing', () => {
    expect(calibrationState([calibration('a', [{ ...outRow, metric: 'lastLevelMisses' }])], thing, 'cacheMisses')).toBe('out');
    expect(calibrationState([calibration('a', [unavailableRow({ ...row }, 'x')])], thing, 'systemCalls')).toBe('never');
  });
  it('is said in words that name the instrument and what to do', () => {
    expect(calibrationWords('out', 'the plugin', '1 March')).toContain('Out of calibration: in the calibration of 1 March the plugin was wrong');
    expect(calibrationWords('in', 'the plugin', null)).toContain('In calibration: in the calibration the plugin was right');
    expect(calibrationWords('never', 'the plugin', null)).toContain('petri calibrate');
  });
});

describe('the plan', () => {
  const wishes = { architectures: ['i386', 'arm'], instruments: ['plugin', 'eventLog', 'gdbstub', 'serialTrace'], seed: 5, boots: 3 } as const;
  const words = (plan: ReturnType<typeof planCalibration>): string[] => plan.flatMap(({ instrument, architecture, boots }) => boots.map(({ typed, kernelArguments }) => `${architecture} ${instrument}: ${kernelArguments} ${typed.join('; ')}`));
  it('tells the guests the same numbers for the same seed and others for another', () => {
    expect(words(planCalibration(wishes))).toEqual(words(planCalibration(wishes)));
    expect(words(planCalibration({ ...wishes, seed: 6 }))).not.toEqual(words(planCalibration(wishes)));
  });
  it('draws for one instrument what it draws for it among all', () => {
    const alone = words(planCalibration({ ...wishes, architectures: ['arm'], instruments: ['eventLog'] }));
    expect(alone.length).toBeGreaterThan(0);
    expect(words(planCalibration(wishes))).toEqual(expect.arrayContaining(alone));
  });
  it('calls by every entry of the guest, and makes rows even of boots that failed', () => {
    const [calls] = planCalibration({ ...wishes, architectures: ['i386'] });
    expect(calls?.boots[0]?.typed.map((command) => command.split(' ')[2])).toEqual(['int20', 'int21', 'int22', 'int23', 'sysenter', 'syscall']);
    for (const { boots, rows } of planCalibration(wishes)) {
      const failed = rows(boots.map(() => failedBoot('QEMU ended')));
      expect(failed.length).toBeGreaterThan(0);
      for (const { verdict, says } of failed) expect(verdict === 'unavailable' || says === 'QEMU ended').toBe(true);
    }
  });
});

describe('the settings of the observer-effect meter', () => {
  it('have each an own name, which a plan that switches the same on is led to', () => {
    for (const { plan, setting } of settings) if (plan !== null) expect(settingOf(plan)).toBe(setting);
  });
});

describe('the guest’s counts', () => {
  it('are read of loads only, and never of a line that is cut', () => {
    const line = 'counts calls=5 faults=0 switches=1 ipc=0 ticks=2 entries int20=5 sysenter=0 since=load';
    const [counts, ...rest] = readLoadCounts(`x\r\n${line}\r\n${line.replace('load', 'boot')}\r\n${line.slice(0, 40)}`);
    expect(rest).toEqual([]);
    expect(counts).toMatchObject({ calls: 5, faults: 0, switches: 1, ticks: 2 });
    expect(counts?.entries.get('int20')).toBe(5);
  });
});
