import { randomInt } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Calibration, CalibrationEvent } from '../../../electron/contract/calibrations.ts';
import type { LabClient } from '../../../electron/contract/contract.ts';
import { openMeasuringLab } from '../../support/measuringLab.ts';
import { canRun } from '../../support/qemuGuest.ts';

const seed = Number(process.env['PETRI_SEED'] ?? randomInt(2 ** 31));
process.stdout.write(`calibration: seed ${String(seed)} (repeat with PETRI_SEED=${String(seed)})\n`);

async function calibrate(client: LabClient, input: Parameters<LabClient['calibrations']['start']>[0]): Promise<{ calibration: Calibration; events: CalibrationEvent[] }> {
  const { id } = await client.calibrations.start(input);
  const events: CalibrationEvent[] = [];
  for await (const event of await client.calibrations.watch({ id })) events.push(event);
  return { calibration: await client.calibrations.get({ id }), events };
}

describe.each(['i386', 'arm'] as const)('calibration on %s', (architecture) => {
  it.skipIf(!canRun({ architecture }))('finds the plugin equal to the guest’s own counts', { timeout: 120_000 }, async () => {
    const { client } = await openMeasuringLab();
    const { calibration } = await calibrate(client, { architectures: [architecture], instruments: ['plugin'], seed, overheads: false });
    console.table(calibration.rows.map(({ metric, what, truth, measured, error, verdict, says }) => ({ metric, what, truth, measured, error, verdict, says })));
    expect(calibration.rows.filter(({ verdict, what }) => verdict !== 'in' && what !== 'syscall')).toEqual([]);
  });
});
