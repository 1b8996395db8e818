// Symbols that are not of the kernel that is measured, or that nobody has: refused before anything is booted, or said beside what is there.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../../electron/contract/errors.ts';
import { explain } from '../../../electron/contract/errors.ts';
import { makeLabPlace, type DoorlessLab, type LabPlace } from '../../support/labPlace.ts';
import { addGuest, addKernel, measure } from '../../support/measuringLab.ts';
import { builtKernel, hasProgram } from '../../support/qemuGuest.ts';
import { refusal } from '../../support/refusal.ts';

const own = builtKernel({ architecture: 'i386' });
const canStrip = hasProgram('strip') && hasProgram('nm') && hasProgram('cc');

describe.skipIf(!canStrip)('the symbols of a measurement', () => {
  let place: LabPlace;
  let opened: DoorlessLab;
  let stripped: string;
  beforeAll(async () => {
    place = makeLabPlace();
    opened = await place.open();
    stripped = join(place.path, 'stripped.elf');
    execFileSync('strip', ['-o', stripped, own]);
  });
  afterAll(() => place.close());

  const cases: readonly (readonly [string, ErrorCode, () => string, RegExp, RegExp])[] = [
    ['of another kernel', 'SYMBOLS_OF_ANOTHER_KERNEL', () => builtKernel({ architecture: 'arm' }), /./, /exactly this build/],
    ['in a file that was stripped', 'SYMBOLS_STRIPPED', () => stripped, /its sections: .*text/, /unstripped kernel of the same build/],
    ['in a file that is not there', 'SYMBOLS_UNREADABLE', () => join(place.path, 'nothing'), /ENOENT/, /output of nm/],
  ];
  test.each(cases)('%s are refused before anything is booted', async (_name, code, file, evidence, fix) => {
    const { client } = opened;
    const guest = await addGuest(client);
    const runs = await client.measurements.list();
    const words = await refusal(code, [place.path], () => client.measurements.start({ kind: 'boot', subjects: [{ guest }], events: { symbolFile: file() } }));
    expect(words.what).toContain(file());
    expect(words.evidence.join('\n')).toMatch(evidence);
    expect(words.fix).toMatch(fix);
    expect(await client.measurements.list()).toEqual(runs);
    expect((await client.tasks.list()).filter(({ state }) => state === 'running')).toEqual([]);
  });

  test('of one of two kernels are refused for the other', async () => {
    const { client } = opened;
    const [first, other] = [await addGuest(client), await addGuest(client, 'builtin-arm')];
    await client.guests.update({ id: other, change: { phaseTable: 'builtin-i386' } });
    const words = await refusal('SYMBOLS_OF_ANOTHER_KERNEL', [place.path], () => client.measurements.start({ kind: 'boot', subjects: [{ guest: first }, { guest: other }], events: { symbolFile: own } }));
    expect(words.details).toMatchObject({ file: own, kernel: builtKernel({ architecture: 'arm' }) });
  });

  test('for a guest that boots from a disk are refused, since nobody can compare them', async () => {
    const { client } = opened;
    const guest = await addGuest(client);
    const disk = await client.disks.create({ name: 'empty', bytes: 1_024 * 1_024 });
    await client.guests.update({ id: guest, change: { boot: { kernel: null, arguments: '', modules: [] }, disks: [{ disk: disk.id, bus: 'ide', readOnly: false }] } });
    const words = await refusal('INPUT_INVALID', [place.path], () => client.measurements.start({ kind: 'boot', subjects: [{ guest }], events: { symbolFile: own } }));
    expect(words.evidence.join()).toContain('boots from a disk');
  });

  test('that a stripped kernel lacks are said, with its counts as they are; the file of its own build brings them back', async () => {
    const { client } = opened;
    const guest = await addKernel(client, stripped);
    const events = { profileEvery: 1_000, metrics: ['systemCalls', 'instructions', 'contextSwitches'] as const };
    const start = { kind: 'boot' as const, subjects: [{ guest }], runs: 1, warmUps: 0 };
    const [without] = (await measure(client, { ...start, events: { ...events, metrics: [...events.metrics] } })).samples;
    expect(without).toMatchObject({ outcome: 'complete', failure: null, metrics: { profile: null, symbols: [], failures: [{ code: 'SYMBOLS_STRIPPED', details: { file: stripped } }] } });
    const readings = without?.metrics?.readings ?? [];
    expect(readings.find(({ metric }) => metric === 'systemCalls')).toMatchObject({ certainty: 'measured' });
    const [failure] = without?.metrics?.failures ?? [];
    if (failure === undefined) throw new Error('it says nothing');
    expect(readings.find(({ metric }) => metric === 'contextSwitches')).toMatchObject({ certainty: 'unavailable', value: null, reason: explain(failure).what });

    const [named] = (await measure(client, { ...start, events: { ...events, metrics: [...events.metrics], symbolFile: own } })).samples;
    expect(named).toMatchObject({ outcome: 'complete', metrics: { failures: [] } });
    expect(named?.metrics?.profile?.unknown).toBeLessThan((named?.metrics?.profile?.root.total ?? 0) / 2);
    expect(named?.metrics?.symbols.length).toBeGreaterThan(5);
  });
});
