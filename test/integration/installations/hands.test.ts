import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LabClient } from '../../../electron/contract/contract.ts';
import type { Installation } from '../../../electron/contract/installations.ts';
import { draftFor, printedBy, untilInstallation, untilPrinted, untilState } from '../../support/installing.ts';
import { makeLabPlace, type LabPlace } from '../../support/labPlace.ts';
import { canRun } from '../../support/qemuGuest.ts';
import { failureOf } from '../../support/refusal.ts';

const running = (title: string) => ({ steps }: Installation): boolean => steps.some((step) => step.title === title && step.state === 'running');
const stateOf = ({ steps }: Installation, title: string): string | undefined => steps.find((step) => step.title === title)?.state;

describe.skipIf(!canRun({ architecture: 'i386' }))('An installation and the person before it', { timeout: 120_000 }, () => {
  let place: LabPlace;
  let client: LabClient;
  beforeAll(async () => {
    place = makeLabPlace();
    ({ client } = await place.open());
  });
  afterAll(() => place.close());

  const type = (guest: string | null, text: string): Promise<unknown> => client.consoles.write({ id: `guest/${guest ?? ''}/serial0`, base64: Buffer.from(text).toString('base64') });

  it('is taken over in the middle, goes on by hand, and is handed back at the step that waits then', async () => {
    const { id } = await client.installations.begin(await draftFor(client, 'builtin-installer', { name: 'Shared' }));
    await untilInstallation(client, id, running('Boot the medium'));
    const taken = await client.installations.takeOver({ id });
    expect(taken).toMatchObject({ state: 'byHand', task: null, failure: null });
    expect((await client.guests.get({ id: taken.guest ?? '' })).runtime.state).toBe('running');

    await untilPrinted(client, taken.guest, /\narguments: $/);
    // Nothing is typed any more but by the person, who does two steps of the script.
    await type(taken.guest, 'verbose\r');
    await untilPrinted(client, taken.guest, /arguments: verbose\r[^]*install\? \[y\/n\] $/);
    await client.installations.handBack({ id });
    const done = await untilState(client, id, 'done');
    expect([stateOf(done, 'Boot the medium'), stateOf(done, 'Confirm'), stateOf(done, 'See the shell')]).toEqual(['skipped', 'done', 'done']);
    expect(await printedBy(client, done.guest)).toContain('arguments: verbose');
    await client.guests.kill({ id: done.guest ?? '' });
  });

  it('is done by hand from the medium, which is taken out when the person says that it is finished', async () => {
    const { id } = await client.installations.begin(await draftFor(client, 'builtin-installer', { name: 'By hand', install: 'byHand' }));
    const { guest } = await untilState(client, id, 'byHand');
    await untilPrinted(client, guest, /\narguments: $/);
    await type(guest, '\ry\r');
    await untilPrinted(client, guest, /petri: installed\r\npetri# $/);
    await type(guest, 'halt\r');
    await client.installations.finish({ id });
    await untilState(client, id, 'done');
    await untilPrinted(client, guest, /petri: installed[^]*\[10\/10\][^]*petri# $/);
    expect((await client.guests.get({ id: guest ?? '' })).definition).toMatchObject({ medium: null, bootFrom: 'disk' });
    await client.guests.kill({ id: guest ?? '' });
  });

  it('only makes the guest, and starts nothing, when that is asked for', async () => {
    const { id } = await client.installations.begin(await draftFor(client, 'builtin-installer', { name: 'Only made', install: 'none', diskBytes: 16 * 1024 * 1024 }));
    const { guest, disk, steps } = await untilState(client, id, 'done');
    expect(steps.map(({ title }) => title)).toEqual(['Make an empty disk', 'Make the guest Only made']);
    expect(await client.guests.get({ id: guest ?? '' })).toMatchObject({ runtime: { state: 'stopped', end: null }, definition: { disks: [{ disk }] } });
  });

  it('leaves nothing but the trash when it is cancelled, by itself and by its task', async () => {
    for (const cancel of [(one: Installation) => client.installations.cancel({ id: one.id }), ({ task }: Installation) => client.tasks.cancel({ id: task ?? '' })]) {
      const { id } = await client.installations.begin(await draftFor(client, 'builtin-installer', { name: 'Unwanted' }));
      const begun = await untilInstallation(client, id, running('Boot the medium'));
      await cancel(begun);
      const { guest, disk } = await untilState(client, id, 'cancelled');
      await expect.poll(async () => (await client.guests.list()).map(({ definition }) => definition.id)).not.toContain(guest);
      await expect.poll(async () => (await client.disks.list()).map((one) => one.id)).not.toContain(disk);
      expect((await client.guests.trash()).map((item) => item.id)).toContain(guest);
      expect((await client.disks.trash()).map((item) => item.id)).toContain(disk);
      await client.installations.forget({ id });
      expect((await failureOf(() => client.installations.get({ id }))).code).toBe('NOT_FOUND');
    }
  });

  it('says what it cannot do in the state that it is in', async () => {
    const { id } = (await client.installations.list())[0] ?? { id: '' };
    for (const act of ['takeOver', 'handBack', 'resume', 'finish', 'cancel'] as const) expect((await failureOf(() => client.installations[act]({ id }))).code).toBe('INSTALLATION_STATE');
  });
});
