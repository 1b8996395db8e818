import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { DeclaredError } from '../../../electron/contract/errors.ts';
import type { EventInstrument } from '../../../electron/core/instruments/eventInstrument.ts';
import { openDataDirectory } from '../../../electron/host/storage/dataDirectory.ts';
import { createActivity } from '../../../electron/lab/activity.ts';
import { createCalibrations, type CalibrationsDependencies } from '../../../electron/lab/calibrations/calibrations.ts';
import { createTasks } from '../../../electron/lab/tasks/tasks.ts';
import { scratch } from '../../support/scratch.ts';

const qemu = { id: 'b'.repeat(64), program: '/usr/bin/qemu-system-i386', version: '7.2', package: null };
const host = { id: 'a'.repeat(64), platform: 'linux', kernel: 'k', cpuModel: 'c', cores: 2, memoryBytes: 1, governor: null, virtualised: null };

/** An instrument that cannot watch at first, and whose looking at the guest then fails. */
function failingInstrument(after: number): EventInstrument {
  let probes = 0;
  return {
    name: 'plugin',
    title: 'fails',
    probe: () => ((probes += 1) > after ? Promise.reject(new DeclaredError('PLUGIN_REFUSED', { program: qemu.program, reason: 'level 9' })) : Promise.resolve({ available: false, reason: 'not yet', metrics: [] })),
    arm: () => Promise.reject(new Error('is never armed')),
  };
}

it('a calibration that failed says why and keeps its rows, and its task leads to the page of calibrations', async () => {
  const data = openDataDirectory(join(scratch(), 'data'));
  onTestFinished(() => data.dispose());
  const tasks = createTasks({ log: () => undefined, activity: createActivity() });
  const ruler = { definition: { architecture: 'i386', machine: { cpus: 1 } }, resolved: { program: qemu } };
  const calibrations = createCalibrations({
    database: data.database, tasks, log: () => undefined, decoder: null, fingerprint: () => host, describeError: String,
    eventInstruments: [failingInstrument(2)], serialInstruments: [], instruments: { keepOverhead: () => undefined },
    turns: { take: () => Promise.resolve(() => undefined) }, ruler: () => Promise.resolve(ruler),
  } as unknown as CalibrationsDependencies);

  const { id } = await calibrations.start({ architectures: ['i386'], boots: 3, overheads: false });
  expect(tasks.list()[0]?.route).toBe('/calibration');
  for await (const event of calibrations.watch(id)) if (event.type === 'ended') break;
  const { state, failure, rows } = calibrations.get(id);
  expect({ state, failure }).toEqual({ state: 'failed', failure: { code: 'PLUGIN_REFUSED', details: { program: qemu.program, reason: 'level 9' } } });
  expect(rows.length).toBeGreaterThan(0);
  expect(calibrations.list()).toEqual([calibrations.get(id)]);
  await calibrations.dispose();
});
