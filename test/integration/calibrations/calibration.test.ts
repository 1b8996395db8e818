import { randomInt } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { onlyRow, runCalibration } from './calibrating.ts';
import { watchForLeaks } from '../../support/leaks.ts';
import { addGuest, measure, openMeasuringLab } from '../../support/measuringLab.ts';
import { canRun } from '../../support/qemuGuest.ts';

const seed = Number(process.env['PETRI_SEED'] ?? randomInt(2 ** 31));
process.stdout.write(`calibration: seed ${String(seed)} (repeat with PETRI_SEED=${String(seed)})\n`);

describe.each(['i386', 'arm'] as const)('calibration on %s', (architecture) => {
  it.skipIf(!canRun({ architecture }))('finds every instrument equal to the guest’s own counts, and marks numbers by it', { timeout: 240_000 }, async () => {
    const { client, directory } = await openMeasuringLab();
    const guest = await addGuest(client, `builtin-${architecture}`);
    const before = await measure(client, { kind: 'syscalls', subjects: [{ guest }], runs: 1, warmUps: 0, save: false, events: { load: 'calls 10' } });
    expect(before.samples[0]?.metrics?.readings.find(({ metric }) => metric === 'systemCalls')).toMatchObject({ calibration: 'never' });
    const leaks = watchForLeaks([`${directory}/run`, `${directory}/data/traces`, `${directory}/data/consoles`]);
    const { calibration, rowsSeen } = await runCalibration(client, { architectures: [architecture], seed, overheads: false, boots: 3 });
    leaks.check();

    expect(calibration).toMatchObject({ state: 'done', seed });
    expect(rowsSeen).toEqual(calibration.rows);
    expect(new Set(calibration.rows.map(({ instrument }) => instrument))).toEqual(new Set(['plugin', 'eventLog', 'gdbstub', 'serialTrace', 'serialSocket', 'qmp', 'console']));
    // Times are the host's; that they were measured is all that can be said on a busy one.
    for (const row of calibration.rows) if (row.unit === 'ns') expect(row.measured).not.toBeNull();
    expect(calibration.rows.filter(({ unit, verdict }) => unit !== 'ns' && verdict === 'out')).toEqual([]);
    const unavailable = calibration.rows.filter(({ unit, verdict }) => unit !== 'ns' && verdict === 'unavailable').map(({ instrument, what }) => `${instrument}: ${what}`);
    expect(unavailable).toEqual(architecture === 'i386' ? ['plugin: syscall', 'eventLog: sysenter', 'eventLog: syscall'] : ['eventLog: switches between two processes', 'qmp: sectors of a disk', 'qmp: sectors of a disk']);
    const distance = onlyRow(calibration, 'count_begin to count_end');
    expect(distance).toMatchObject({ verdict: 'in', error: 0 });
    expect(distance.truth % 4).toBe(1);
    expect(calibration.rows.filter(({ unit, truth }) => unit === 'ratio' && truth > 0.01 && truth < 0.99).length).toBeGreaterThan(0);

    const { samples } = await measure(client, { kind: 'syscalls', subjects: [{ guest }], runs: 1, warmUps: 0, events: { load: 'calls 10' } });
    expect(samples[0]?.metrics?.calibration).toBe(calibration.id);
    expect(samples[0]?.metrics?.readings.find(({ metric }) => metric === 'systemCalls')).toMatchObject({ calibration: 'in' });
  });
});

describe.skipIf(!canRun({ architecture: 'x86_64' }))('calibration on x86_64', () => {
  it('has the one entry that no 32-bit PC has', { timeout: 120_000 }, async () => {
    const { client } = await openMeasuringLab();
    const { calibration } = await runCalibration(client, { architectures: ['x86_64'], instruments: ['plugin'], seed, overheads: false, boots: 3 });
    expect(onlyRow(calibration, 'syscall')).toMatchObject({ verdict: 'in', error: 0 });
    expect(calibration.rows.filter(({ verdict }) => verdict !== 'in')).toEqual([]);
  });
});

describe.skipIf(!canRun({ architecture: 'i386' }))('a calibration', () => {
  it('measures what an instrument costs, and the instrument’s card and the next measurement show it', { timeout: 120_000 }, async () => {
    const { client } = await openMeasuringLab();
    const { calibration } = await runCalibration(client, { architectures: ['i386'], instruments: ['serialSocket'], seed, boots: 3 });
    const [cost, ...others] = calibration.overheads;
    expect(others).toEqual([]);
    expect(cost).toMatchObject({ instrument: 'serialSocket', architecture: 'i386', setting: 'stamps', boots: 5 });
    expect(cost?.low).toBeLessThanOrEqual(cost?.ratio ?? NaN);
    expect(cost?.high).toBeGreaterThanOrEqual(cost?.ratio ?? NaN);
    const card = (await client.instruments.list()).find(({ name }) => name === 'serialSocket');
    expect(card?.overhead?.ratio).toBe(cost?.ratio);
  });

  it('can be cancelled, keeps the rows it has, is listed newest first, and survives the lab', { timeout: 120_000 }, async () => {
    const first = await openMeasuringLab();
    const started = await first.client.calibrations.start({ architectures: ['i386'], overheads: false });
    for await (const event of await first.client.calibrations.watch({ id: started.id })) if (event.type === 'row') break;
    const cancelled = await first.client.calibrations.cancel({ id: started.id });
    expect(cancelled.state).toBe('cancelled');
    expect(cancelled.rows.length).toBeGreaterThan(0);
    const running = await first.client.calibrations.start({ architectures: ['i386'], overheads: false });
    expect((await first.client.calibrations.list()).map(({ id }) => id)).toEqual([running.id, started.id]);
    await first.lab.dispose();

    const { client } = await openMeasuringLab({ directory: first.directory });
    expect((await client.calibrations.list()).map(({ id, state }) => [id, state])).toEqual([[running.id, 'cancelled'], [started.id, 'cancelled']]);
    expect(await client.calibrations.get({ id: started.id })).toEqual(cancelled);
    await expect(client.calibrations.get({ id: 'none' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(client.calibrations.start({ architectures: ['aarch64'] })).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  });
});
