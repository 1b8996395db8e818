import { describe, expect, it } from 'vitest';
import type { CalibrationRow } from '../../../electron/contract/calibrations.ts';
import { serialExperiment } from '../../../electron/core/calibrations/delays.ts';
import { failedBoot, type CalibratedBoot } from '../../../electron/core/calibrations/experiment.ts';
import { createRandomGenerator } from '../../../electron/core/statistics/randomGenerator.ts';

const MS = 1e6;

/** The row of boots whose phase is as long as said, in turns without and with the delay, which the instrument shows `wrongMs` too long. */
function rowOf(instrument: 'serialTrace' | 'serialSocket', lateMs: readonly number[], wrongMs = 0): CalibrationRow | undefined {
  const experiment = serialExperiment(instrument, { architecture: 'i386', random: createRandomGenerator(3), boots: lateMs.length / 2 });
  const delayMs = Number(/:(\d+)$/.exec(experiment.boots[1]?.kernelArguments ?? '')?.[1]);
  const boots = lateMs.map((late, at): CalibratedBoot => {
    const lengthNs = (1 + late + (at % 2 === 0 ? 0 : delayMs + wrongMs)) * MS;
    return { ...failedBoot(''), failure: null, phasesNs: new Map([['pre_init_phase', 5 * MS], ['kmain_phase', 5 * MS + lengthNs]]) };
  });
  const [row] = experiment.rows(boots);
  return row;
}

describe('a known delay at a serial stamp', () => {
  it('is in on a quiet host, and out where each boot shows it too long by the same', () => {
    expect(rowOf('serialSocket', [0, 0, 1, 0, 0, 1])).toMatchObject({ verdict: 'in' });
    const wrong = rowOf('serialSocket', [0, 0, 1, 0, 0, 1], 30);
    expect(wrong?.verdict).toBe('out');
    expect(wrong?.says).toContain('in 6 boots the middle half of the same wait lay');
    expect(rowOf('serialTrace', [0, 0, 1, 0, 0, 1], 30)?.verdict).toBe('out');
  });
  it('says that the host was too busy to tell where one and the same phase was stamped farther apart than is allowed', () => {
    expect(rowOf('serialSocket', [0, 60, 0, 2, 1, 50, 0, 40])).toMatchObject({ verdict: 'unavailable', says: expect.stringContaining('the host was too busy to tell') as string });
  });
  it('is judged by the shortest of QEMU’s own stamps, which lateness cannot touch', () => {
    expect(rowOf('serialTrace', [0, 60, 30, 0, 1, 50])).toMatchObject({ verdict: 'in', error: 0 });
  });
});
