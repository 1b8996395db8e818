import { readdirSync, statSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import type { RunEvent } from '../../../electron/contract/measurements.ts';
import { watchForLeaks } from '../../support/leaks.ts';
import { follow, openMeasuringLab } from '../../support/measuringLab.ts';
import { killWhileMeasuring } from '../../support/measuringProcess.ts';
import { scratch } from '../../support/scratch.ts';

const phase = (name: string) => (event: RunEvent): boolean => event.type === 'phase' && event.stamp.name === name;
const count = (type: RunEvent['type'], wanted: number) => (_: RunEvent, all: readonly RunEvent[]): boolean => all.filter((event) => event.type === type).length === wanted;

const RUNS = 2;

describe('a lab that is killed', () => {
  it.each<[string, (event: RunEvent, all: readonly RunEvent[]) => boolean]>([
    ['as soon as the run is planned', count('snapshot', 1)],
    ['when a boot begins', count('boot', 1)],
    ['in the first phase', phase('multiboot_detected')],
    ['in the middle of a boot', phase('cstart_phase')],
    ['at the last phase, before the sample is stored', phase('shell_prompt')],
    ['after the first sample', count('sample', 1)],
    ['when the third boot begins', count('boot', 3)],
  ])('%s loses no finished sample, leaves no QEMU, and the run can be resumed in its order', async (_, when) => {
    const directory = scratch();
    const events = await killWhileMeasuring(directory, RUNS, when);
    const finished = events.filter(({ type }) => type === 'sample').length;

    const { client } = await openMeasuringLab({ directory });
    // A child that was between fork and exec when the lab died becomes a QEMU without a directory, and ends by itself at once.
    await vi.waitFor(() => expect(watchForLeaks([directory]).list()).toMatchObject({ processes: [], sockets: [] }), { timeout: 10_000 });
    expect(readdirSync(`${directory}/data/traces`).filter((name) => statSync(`${directory}/data/traces/${name}`).size > 0)).toEqual([]);
    expect((await client.consoles.list()).filter(({ id }) => id.startsWith('run/'))).toEqual([]);

    const [item] = await client.measurements.list();
    const before = await client.measurements.get({ id: item?.id ?? '' });
    expect(before.run).toMatchObject({ state: 'interrupted', failure: { code: 'RUN_INTERRUPTED', details: { finished: before.samples.length, planned: 2 * RUNS } } });
    // What was told was on the disk; one more may have been, which was about to be told.
    expect(before.samples.length).toBeGreaterThanOrEqual(finished);
    expect(before.samples.length).toBeLessThanOrEqual(finished + 1);

    await client.measurements.resume({ id: before.run.id });
    await follow(client, before.run.id);
    const after = await client.measurements.get({ id: before.run.id });
    expect(after.run).toMatchObject({ state: 'done', failure: null, plan: before.run.plan });
    expect(after.samples.map(({ subject, warmUp }) => ({ subject, warmUp }))).toEqual(before.run.plan.order);
    expect(after.samples.slice(0, before.samples.length)).toEqual(before.samples);
  });
});
