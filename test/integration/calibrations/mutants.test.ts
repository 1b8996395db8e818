import { randomInt } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openMeasuringLab } from '../../support/measuringLab.ts';
import { canRun, hasProgram } from '../../support/qemuGuest.ts';
import { imagesWithMutant, runCalibration } from './calibrating.ts';

const seed = Number(process.env['PETRI_SEED'] ?? randomInt(2 ** 31));
process.stdout.write(`calibration of mutants: seed ${String(seed)} (repeat with PETRI_SEED=${String(seed)})\n`);

const COMPILERS = { i386: 'gcc', arm: 'arm-none-eabi-gcc' } as const;
/** Each kind of event once, on one architecture or the other: a run of all of them on both would take minutes. */
const MUTANTS = [
  { architecture: 'i386', define: 'MUTANT_DROP_CALL', what: 'int 0x20' },
  { architecture: 'i386', define: 'MUTANT_DROP_SWITCH', what: 'switches between two processes' },
  { architecture: 'i386', define: 'MUTANT_DROP_TICK', what: 'ticks of the timer' },
  { architecture: 'arm', define: 'MUTANT_DROP_FAULT', what: 'demand-zero faults' },
  { architecture: 'arm', define: 'MUTANT_DROP_PROTECTION', what: 'protection faults' },
] as const;

describe.each(MUTANTS)('a guest for $architecture with $define', ({ architecture, define, what }) => {
  it.skipIf(!canRun({ architecture }) || !hasProgram(COMPILERS[architecture]))('fails calibration in the row of what it drops, by one, and in no other', { timeout: 300_000 }, async () => {
    const { client } = await openMeasuringLab({ imagesDirectory: imagesWithMutant(architecture, define) });
    const { calibration } = await runCalibration(client, { architectures: [architecture], instruments: ['plugin'], seed, overheads: false, boots: 3 });
    const wrong = calibration.rows.filter(({ verdict }) => verdict === 'out');
    expect(wrong.map((row) => row.what)).toEqual([what]);
    for (const { truth, measured, error } of wrong) expect([measured, error]).toEqual([truth + 1, 1]);
  });
});
