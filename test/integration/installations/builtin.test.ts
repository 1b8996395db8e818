import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LabClient } from '../../../electron/contract/contract.ts';
import { draftFor, printedBy, untilState } from '../../support/installing.ts';
import { makeLabPlace, type LabPlace } from '../../support/labPlace.ts';
import { canRun } from '../../support/qemuGuest.ts';

describe.skipIf(!canRun({ architecture: 'i386' }))('The installer of the built-in guest', { timeout: 120_000 }, () => {
  let place: LabPlace;
  let client: LabClient;
  beforeAll(async () => {
    place = makeLabPlace();
    ({ client } = await place.open());
  });
  afterAll(() => place.close());

  it('is installed unattended on an empty disk, from which the guest then boots without kernel and medium', async () => {
    const { id } = await client.installations.begin(await draftFor(client, 'builtin-installer'));
    const done = await untilState(client, id, 'done');
    expect(done.steps.map(({ state }) => state)).toEqual(done.steps.map(() => 'done'));
    const guest = await client.guests.get({ id: done.guest ?? '' });
    expect(guest).toMatchObject({ runtime: { state: 'running' }, definition: { medium: null, bootFrom: 'disk', boot: { kernel: null }, disks: [{ disk: done.disk, bus: 'ide' }] } });
    const argv = guest.runtime.state === 'running' ? guest.runtime.machine.argv : [];
    expect(argv).not.toContain('-kernel');
    expect(argv.join(' ')).not.toContain('petri-installer.iso');
    expect(await printedBy(client, guest.definition.id)).toMatch(/petri: installed[^]*petri# $/);
    await client.guests.kill({ id: guest.definition.id });
  });
});
