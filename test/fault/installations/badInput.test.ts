import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { InstallationDraft } from '../../../electron/contract/installations.ts';
import { draftFor, untilInstallation, untilState } from '../../support/installing.ts';
import { makeLabPlace, type LabPlace } from '../../support/labPlace.ts';
import { canRun } from '../../support/qemuGuest.ts';
import { failureOf, refusal, wordsOf } from '../../support/refusal.ts';
import { canMount, cannotMount, fillDisk, smallDisk } from '../../support/smallDisk.ts';

function openPlace(): LabPlace {
  const place = makeLabPlace();
  onTestFinished(() => place.close());
  return place;
}

const withGuest = (draft: InstallationDraft, change: Partial<InstallationDraft['guest']>): InstallationDraft => ({ ...draft, guest: { ...draft.guest, ...change } });

describe.skipIf(!canRun({ architecture: 'i386' }))('What cannot be installed', { timeout: 40_000 }, () => {
  it('is refused by what is wrong with it, before anything is made', async () => {
    const place = openPlace();
    const { client } = await place.open();
    const text = join(place.path, 'notes.iso');
    writeFileSync(text, 'This is a list of things to buy.\n'.repeat(2_000));
    const begin = (draft: InstallationDraft) => () => client.installations.begin(draft);
    const refused = [place.dataDirectory, place.runDirectory];
    const draft = await draftFor(client, 'builtin-installer');
    const board = draft.guest.machine;

    await refusal('IMAGE_UNKNOWN', refused, begin({ ...draft, source: { kind: 'medium', path: text } }));
    await refusal('IMAGE_MISSING', refused, begin({ ...draft, source: { kind: 'medium', path: join(place.path, 'nothing.iso') } }));
    await refusal('DISK_FORMAT_UNKNOWN', refused, begin({ ...draft, install: 'none', newDisk: null, source: { kind: 'disk', path: text, inPlace: false } }));
    expect((await failureOf(begin({ ...draft, install: 'none', newDisk: null, source: { kind: 'existing', disk: 'no-such-disk' } }))).code).toBe('NOT_FOUND');
    await refusal('MACHINE_UNSUPPORTED', refused, begin(withGuest(draft, { machine: { ...board, cpus: 4 } })));
    await refusal('MACHINE_UNSUPPORTED', refused, begin({ ...draft, diskBus: 'virtio' }));
    await refusal('BOARD_MISSING', refused, begin({ ...withGuest(draft, { machine: { ...board, board: 'beaglexm' } }), entry: null, install: 'none', newDisk: null, source: { kind: 'kernel' } }));
    await refusal('INPUT_INVALID', refused, begin({ ...draft, newDisk: null }));
    const { obstacles, commands } = await client.installations.review(draft);
    expect(obstacles).toEqual([]);
    expect(commands.map(({ argv }) => argv[0]?.split('/').at(-1))).toEqual(['qemu-img', 'qemu-system-i386', 'qemu-system-i386']);
    // Nothing is known of a text, and nobody is kept from trying it.
    expect(await client.installations.inspect({ path: text })).toMatchObject({ kind: 'unknown', entries: [], digest: null });
  });

  it.skipIf(!canMount)(`stops with the disk that is full, and goes on when there is room again${canMount ? '' : ` (skipped: ${cannotMount})`}`, async () => {
    // Mounted before the lab is opened, so that it is unmounted after the lab has ended.
    const small = smallDisk(16_384);
    const place = openPlace();
    const { client } = await place.open({ dataDirectory: join(small, 'data') });
    const { id } = await client.installations.begin(await draftFor(client, 'builtin-installer'));
    const { guest, disk } = await untilInstallation(client, id, ({ steps }) => steps.some(({ title, state }) => title === 'Boot the medium' && state === 'running'));
    const { path } = await client.disks.get({ id: disk ?? '' });
    const ballast = fillDisk(join(path, '..'));
    const failed = await untilState(client, id, 'failed');
    expect(failed.failure?.code).toBe('DISK_FULL');
    if (failed.failure !== null) wordsOf(failed.failure);
    await expect.poll(() => place.leaks.list().processes).toEqual([]);

    rmSync(ballast);
    await client.installations.resume({ id });
    await untilState(client, id, 'done');
    await client.guests.kill({ id: guest ?? '' });
    expect(await client.disks.check({ id: disk ?? '' })).toMatchObject({ clean: true });
  });
});
