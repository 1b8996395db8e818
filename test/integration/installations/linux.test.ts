import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import type { LabClient } from '../../../electron/contract/contract.ts';
import type { GuestDefinition, GuestNetwork } from '../../../electron/contract/guests.ts';
import type { Task } from '../../../electron/contract/tasks.ts';
import { runProcess } from '../../../electron/host/process/runProcess.ts';
import { draftFor, printedBy, untilPrinted, untilState } from '../../support/installing.ts';
import { makeLabPlace, type LabPlace } from '../../support/labPlace.ts';
import { canRun, hasProgram } from '../../support/qemuGuest.ts';
import { wordsOf } from '../../support/refusal.ts';
import { scratch } from '../../support/scratch.ts';

const hasPackages = hasProgram('apt-get') && hasProgram('dpkg-deb');

async function endOf(client: LabClient, id: string): Promise<Task> {
  for await (const tasks of await client.tasks.watch()) {
    const task = tasks.find((candidate) => candidate.id === id);
    if (task !== undefined && task.endedAt !== null) return task;
  }
  throw new Error('the lab ended');
}

/** The packages may be out of reach: that is said, and is no fault of what is tested. */
function skipWithoutPackages({ failure }: Pick<Task, 'failure'>, context: TestContext): void {
  if (failure?.code !== 'PACKAGES_UNAVAILABLE') return;
  process.stderr.write(`SKIPPED: ${wordsOf(failure).evidence.join('; ')}\n`);
  context.skip(failure.details.reason);
}

/** Petri's key opens the door that the installer gave it, and nothing else does. */
async function comesInByKeyAlone(client: LabClient, { id: guest, network }: GuestDefinition): Promise<void> {
  const { id } = await client.consoles.open({ guest, kind: 'ssh' });
  expect(id).toBe(`guest/${guest}/ssh0`);
  await client.consoles.write({ id, base64: Buffer.from('echo $((6*7))-$(hostname)-$(id -u)\r').toString('base64') });
  await expect.poll(async () => Buffer.from((await client.consoles.export({ id, format: 'text', from: 0 })).base64, 'base64').toString(), { timeout: 60_000 }).toMatch(/^42-box-0$/m);
  await client.consoles.close({ id });
  const port = network.kind === 'user' ? network.forwards[0]?.hostPort : null;
  const bare = ['-F', 'none', '-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-o', 'IdentitiesOnly=yes', '-o', 'IdentityFile=none', '-o', 'IdentityAgent=none', '-o', 'BatchMode=yes'];
  // root has no password: whoever would be let in without a key would be in here.
  await expect(runProcess('ssh', [...bare, '-p', String(port), 'root@127.0.0.1', 'true'], { timeLimitMs: 60_000 })).rejects.toMatchObject({ details: { stderrTail: expect.stringMatching(/Permission denied \(publickey\)/) as string } });
}

describe.skipIf(!hasPackages)('A Linux from the packages of the distribution', { timeout: 400_000 }, () => {
  let place: LabPlace;
  let client: LabClient;
  beforeAll(async () => {
    place = makeLabPlace();
    ({ client } = await place.open());
  });
  afterAll(() => place.close());

  const type = (guest: string | null, text: string): Promise<unknown> => client.consoles.write({ id: `guest/${guest ?? ''}/serial0`, base64: Buffer.from(text).toString('base64') });

  it.skipIf(!canRun({ architecture: 'x86_64' }))('partitions, copies and writes its boot loader by its own installer, boots from the disk, lets Petri’s key in, and can do what it is for', async (context) => {
    const draft = await draftFor(client, 'linux-debian', { name: 'Box', diskBytes: 256 * 1024 * 1024 });
    const network: GuestNetwork = { kind: 'user', card: 'virtio', outbound: 'open', forwards: [{ name: 'ssh', protocol: 'tcp', hostPort: null, guestPort: 22, link: 'ssh' }] };
    const { id } = await client.installations.begin({ ...draft, guest: { ...draft.guest, network, sshUser: 'root' } });
    const done = await untilState(client, id, 'done').catch(async (error: unknown) => {
      skipWithoutPackages(await client.installations.get({ id }), context);
      throw error;
    });
    const { definition, runtime } = await client.guests.get({ id: done.guest ?? '' });
    expect([runtime.state, definition.medium, definition.bootFrom, definition.boot.kernel]).toEqual(['running', null, 'disk', null]);
    expect(await printedBy(client, done.guest)).toMatch(/INSTALLATION COMPLETE[^]*[\r\n]box login: $/);

    await type(done.guest, 'root\r');
    await untilPrinted(client, done.guest, /# (\u001b\[6n)?$/);
    await type(done.guest, 'sleep 3; clear; netstat -ltn; ifconfig eth0; mount | grep " / "; grep -c 9p /proc/filesystems; echo END\r');
    const told = await untilPrinted(client, done.guest, /\nEND\r/);
    const answer = told.slice(told.lastIndexOf('Active Internet'));
    expect(answer).toMatch(/:22 .*LISTEN/);
    expect(answer).toContain('10.0.2.15');
    expect(answer).toMatch(/\/dev\/vda1 on \/ type ext4/);
    expect(answer).toMatch(/\n1\r\nEND/);
    await comesInByKeyAlone(client, definition);
    // It hears the power button.
    expect((await client.guests.powerDown({ id: done.guest ?? '', afterSeconds: 60 })).runtime).toMatchObject({ state: 'stopped', end: { how: 'poweredDown' } });
  });

  for (const [entry, architecture] of [['linux-x86-64', 'x86_64'], ['linux-arm', 'arm']] as const) {
    it.skipIf(!canRun({ architecture }))(`${entry} is made of a kernel and busybox, and boots to its login`, async (context) => {
      const { images } = (await client.catalog.list()).find(({ id }) => id === entry) ?? { images: [] };
      const task = await endOf(client, (await client.catalog.fetch({ entry, image: images[0]?.id ?? '' })).task);
      skipWithoutPackages(task, context);
      expect(task).toMatchObject({ state: 'done', failure: null });
      const { definition } = await client.guests.createFromCatalog({ entry });
      await client.guests.update({ id: definition.id, change: { accelerator: 'tcg' } });
      await client.guests.start({ id: definition.id });
      await untilPrinted(client, definition.id, /[\r\n]linux login: $/);
      await client.guests.kill({ id: definition.id });
    });
  }

  it('says so where there is no apt, and leaves nothing', async () => {
    const path = process.env['PATH'];
    process.env['PATH'] = scratch();
    try {
      const task = await endOf(client, (await client.catalog.fetch({ entry: 'linux-debian', image: 'medium' })).task);
      expect(task.failure?.code).toBe('PACKAGES_UNAVAILABLE');
      if (task.failure !== null) expect(wordsOf(task.failure).evidence.join(' ')).toContain('apt-get');
    } finally {
      process.env['PATH'] = path;
    }
  });
});
