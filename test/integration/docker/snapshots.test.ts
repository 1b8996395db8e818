import { describe, expect, it } from 'vitest';
import { consoleText } from '../../support/consoleText.ts';
import { MIB, taskDone } from '../../support/diskTools.ts';
import { builtinDraft } from '../../support/docker/dockerLab.ts';
import { labOnPrivateDocker } from '../../support/docker/labOnPrivateDocker.ts';
import { dockerObstacle } from '../../support/docker/privateDocker.ts';

describe.skipIf(dockerObstacle() !== null)('a snapshot of a guest in a container', () => {
  const world = labOnPrivateDocker();

  it('keeps memory and disk, twice, and the guest goes back to it', async () => {
    const { client, lab } = world.opened;
    const disk = await client.disks.create({ name: 'In a container', bytes: MIB });
    const { id } = (await client.guests.create({ ...builtinDraft('Kept'), disks: [{ disk: disk.id, bus: 'ide' }] })).definition;
    await client.guests.start({ id });
    await consoleText(lab, id, /petri# $/);
    const take = async (name: string): Promise<string> => {
      const started = await client.snapshots.take({ guest: id, name });
      await taskDone(client, started);
      return started.snapshot;
    };
    const first = await take('first');
    await take('second');
    await taskDone(client, await client.snapshots.revert({ id: first }));
    const { runtime } = await client.guests.get({ id });
    expect(runtime).toMatchObject({ state: 'running', machine: { container: expect.anything() as unknown } });
    await client.consoles.write({ id: `guest/${id}/serial0`, base64: Buffer.from('calls 4\r').toString('base64') });
    await consoleText(lab, id, /counts calls=4 [^]*petri# $/);
    await client.guests.kill({ id });
    expect(await client.disks.check({ id: disk.id })).toMatchObject({ clean: true });
  });
});
