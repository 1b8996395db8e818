import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Campaign } from '../../../electron/contract/campaigns.ts';
import type { LabClient } from '../../../electron/contract/contract.ts';
import { watchForLeaks } from '../../support/leaks.ts';
import { addGuest, addKernel, openMeasuringLab } from '../../support/measuringLab.ts';
import { failureOf } from '../../support/refusal.ts';
import { scratch } from '../../support/scratch.ts';

/** The campaign as soon as it is as wanted. */
async function until(client: LabClient, id: string, wanted: (campaign: Campaign) => boolean): Promise<Campaign> {
  for await (const list of await client.campaigns.watch()) {
    const campaign = list.find((candidate) => candidate.id === id);
    if (campaign !== undefined && wanted(campaign)) return campaign;
  }
  throw new Error('the list of campaigns ended');
}

const ended = ({ state }: Campaign): boolean => state !== 'running';

/** `last` stands first in the file and waits for both others. */
const text = (guest: string, runs = 2): string => `name: Calls and boots
defaults: { runs: ${runs}, warmUps: 0 }
steps:
  - { name: last, measure: boot, guests: [${guest}], after: [boots, calls] }
  - { name: boots, measure: boot, guests: [${guest}] }
  - { name: calls, measure: syscalls, guests: [${guest}], load: calls:200 }
`;

describe('a campaign', () => {
  it('is checked, carried out in its order, and ends with a run for each step', async () => {
    const { client, directory } = await openMeasuringLab();
    const guest = await addGuest(client);
    const leaks = watchForLeaks([`${directory}/run`, `${directory}/data/traces`]);
    expect(await client.campaigns.check({ text: text(guest) })).toMatchObject({ order: ['boots', 'calls', 'last'], boots: 6 });
    const { id } = await client.campaigns.start({ text: text(guest) });
    const campaign = await until(client, id, ended);
    expect(campaign).toMatchObject({ state: 'done', steps: [{ name: 'boots', state: 'done' }, { name: 'calls', state: 'done' }, { name: 'last', state: 'done' }] });
    for (const [at, kind] of ['boot', 'syscalls', 'boot'].entries()) {
      const { run, samples } = await client.measurements.get({ id: campaign.steps[at]?.run ?? '' });
      expect(run).toMatchObject({ kind, state: 'done', name: `Calls and boots: ${campaign.steps[at]?.name ?? ''}` });
      expect(samples).toHaveLength(2);
    }
    leaks.check();
  });

  it('that its lab leaves in the middle is interrupted, and the next lab resumes its run where it was', async () => {
    const directory = scratch();
    const first = await openMeasuringLab({ directory });
    const guest = await addGuest(first.client);
    const { id } = await first.client.campaigns.start({ text: text(guest, 4) });
    const { steps } = await until(first.client, id, (campaign) => campaign.steps[0]?.run != null);
    const run = steps[0]?.run ?? '';
    for await (const event of await first.client.measurements.watch({ id: run })) if (event.type === 'sample') break;
    await first.lab.dispose();
    const second = await openMeasuringLab({ directory });
    expect(await second.client.campaigns.get({ id })).toMatchObject({ state: 'interrupted' });
    await second.client.campaigns.resume({ id });
    const campaign = await until(second.client, id, ended);
    expect(campaign).toMatchObject({ state: 'done', steps: [{ run }, {}, {}] });
    expect((await second.client.measurements.get({ id: run })).samples.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
  });

  it('that is cancelled keeps what was measured, leaves nothing running, and can go on', async () => {
    const { client, directory } = await openMeasuringLab();
    const guest = await addGuest(client);
    const leaks = watchForLeaks([`${directory}/run`, `${directory}/data/traces`]);
    const { id } = await client.campaigns.start({ text: text(guest, 30) });
    const { steps } = await until(client, id, (campaign) => campaign.steps[0]?.run != null);
    for await (const event of await client.measurements.watch({ id: steps[0]?.run ?? '' })) if (event.type === 'sample') break;
    expect(await client.campaigns.cancel({ id })).toMatchObject({ state: 'cancelled', steps: [{ state: 'cancelled' }, { state: 'waiting' }, { state: 'waiting' }] });
    const { run, samples } = await client.measurements.get({ id: steps[0]?.run ?? '' });
    expect(run.state).toBe('cancelled');
    expect(samples.length).toBeGreaterThan(0);
    leaks.check();
  });

  it('goes on behind a step that fails, and leaves out what waits for that step', async () => {
    const { client, directory } = await openMeasuringLab();
    const guest = await addGuest(client);
    const kernel = join(directory, 'kernel.elf');
    copyFileSync(join(import.meta.dirname, '../../../images/builtin/built/petri-i386.elf'), kernel);
    const broken = await addKernel(client, kernel);
    rmSync(kernel);
    const steps = [`{ name: bad, measure: boot, guests: [${broken}] }`, `{ name: waits, measure: boot, guests: [${guest}], after: [bad] }`, `{ name: good, measure: boot, guests: [${guest}] }`];
    const { id } = await client.campaigns.start({ text: `name: Broken\ndefaults: { runs: 1, warmUps: 0 }\nsteps:\n${steps.map((step) => `  - ${step}\n`).join('')}` });
    const campaign = await until(client, id, ended);
    expect(campaign).toMatchObject({ state: 'failed', steps: [{ name: 'bad', state: 'failed' }, { name: 'waits', state: 'skipped', failure: { code: 'CAMPAIGN_STEP_FAILED' } }, { name: 'good', state: 'done' }] });
    expect(campaign.steps[0]?.failure).toMatchObject({ code: 'IMAGE_MISSING' });
  });

  it('counts a step of which no boot came to its end as failed', async () => {
    const { client } = await openMeasuringLab();
    const guest = await addGuest(client);
    const { id } = await client.campaigns.start({ text: `name: Late\ndefaults: { runs: 1, warmUps: 0 }\nsteps:\n  - { name: late, measure: boot, guests: [${guest}], timeLimitSeconds: 1, arguments: "delay=memory_init:5000" }\n  - { name: waits, measure: boot, guests: [${guest}], after: [late] }\n` });
    expect(await until(client, id, ended)).toMatchObject({ state: 'failed', steps: [{ state: 'failed', failure: { code: 'BOOT_INCOMPLETE' } }, { state: 'skipped' }] });
  });

  it('with two systems in one step is checked with a note that there will be ratios only, and with what the control costs', async () => {
    const { client } = await openMeasuringLab();
    const two = 'name: Two\nsteps:\n  - name: both\n    measure: boot\n    runs: 2\n    warmUps: 0\n    guests: [builtin-i386, builtin-arm]\n';
    const { boots, notes } = await client.campaigns.check({ text: two });
    expect(boots).toBe(6);
    expect(notes).toEqual([expect.stringMatching(/^Step both compares different systems .*ratios only/) as string, expect.stringMatching(/^2 of the boots are A\/A controls/) as string]);
  });

  it.each([
    ['a load that the guest has not', 'load: nothere:5', /is no load of this guest: there are calls, .*to be typed/],
    ['a load out of its range', 'load: calls:0', /not a whole number from 1 to/],
    ['a line that is not said to be typed', 'load: ls -l', /is no load/],
    ['symbols that are not there', 'symbols: /nothing/vmlinux', /no file/],
  ])('with %s is refused at its line, before anything begins', async (_, line, words) => {
    const { client } = await openMeasuringLab();
    const wrong = `name: One\nsteps:\n  - name: calls\n    measure: syscalls\n    guests: [builtin-i386]\n    ${line}\n`;
    const failure = await failureOf(() => client.campaigns.start({ text: wrong }));
    expect(failure).toMatchObject({ code: 'CAMPAIGN_INVALID', details: { issues: [{ line: 6, message: expect.stringMatching(words) as string }] } });
    expect(await client.campaigns.list()).toEqual([]);
    expect(await client.campaigns.check({ text: wrong.replace(line, 'load: { type: anything at all }') })).toMatchObject({ order: ['calls'] });
  });

  it('with a guest that is not here is refused with its step, before anything begins', async () => {
    const { client } = await openMeasuringLab();
    expect(await failureOf(() => client.campaigns.start({ text: text('nobody') }))).toEqual({
      code: 'CAMPAIGN_GUEST_MISSING',
      details: { missing: ['last', 'boots', 'calls'].map((step) => ({ step, guest: 'nobody' })) },
    });
    expect(await client.campaigns.list()).toEqual([]);
  });
});
