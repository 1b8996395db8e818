import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LabClient } from '../../../electron/contract/contract.ts';
import { draftFor, printedBy, untilState } from '../../support/installing.ts';
import { makeLabPlace, type LabPlace } from '../../support/labPlace.ts';
import { canRun, hasProgram } from '../../support/qemuGuest.ts';

const possible = canRun({ architecture: 'x86_64' }) && hasProgram('apt-get') && hasProgram('dpkg-deb');

describe.skipIf(!possible)('A Linux from the packages of the distribution', { timeout: 400_000 }, () => {
  let place: LabPlace;
  let client: LabClient;
  beforeAll(async () => {
    place = makeLabPlace();
    ({ client } = await place.open());
  });
  afterAll(() => place.close());

  it('partitions, copies and writes its boot loader by its own installer, and boots from the disk', async () => {
    const { id } = await client.installations.begin(await draftFor(client, 'linux-debian', { diskBytes: 256 * 1024 * 1024 }));
    const done = await untilState(client, id, 'done');
    const guest = await client.guests.get({ id: done.guest ?? '' });
    expect(guest).toMatchObject({ runtime: { state: 'running' }, definition: { medium: null, bootFrom: 'disk', boot: { kernel: null } } });
    expect(await printedBy(client, guest.definition.id)).toMatch(/INSTALLATION COMPLETE[^]*linux-installed-on-a-disk login: $/);
  });
});
