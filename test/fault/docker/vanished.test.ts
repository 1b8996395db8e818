import { readFileSync, statSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Guest, GuestDefinition } from '../../../electron/contract/guests.ts';
import { consoleText } from '../../support/consoleText.ts';
import { build, builtinDraft, environmentOf } from '../../support/docker/dockerLab.ts';
import { dockerObstacle, startPrivateDocker, type PrivateDocker } from '../../support/docker/privateDocker.ts';
import { startLabProcess } from '../../support/labProcess.ts';
import { makeLabPlace, type LabPlace } from '../../support/labPlace.ts';
import { failureOf, wordsOf } from '../../support/refusal.ts';

const PROMPT = /^petri# /m;
const isRunning = (pid: number): boolean => {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
};

describe.skipIf(dockerObstacle() !== null)('a Docker Engine', () => {
  let docker: PrivateDocker;
  let place: LabPlace;
  beforeEach(async () => {
    docker = await startPrivateDocker();
    place = makeLabPlace();
  });
  afterEach(async () => {
    try {
      await place.close();
    } finally {
      await docker.close();
    }
  });

  it('that is killed under a running guest: the guest’s end is told, its disk is whole, nothing is left, and it starts again', async () => {
    const { client, lab } = await place.open({ docker: environmentOf(docker) });
    await build(client, 'qemu-i386');
    const disk = await client.disks.create({ name: 'Data', bytes: 1_048_576 });
    const { definition: { id } } = await client.guests.create(builtinDraft('Left alone', { disks: [{ disk: disk.id, bus: 'ide' }] }));
    const { runtime } = await client.guests.start({ id });
    await consoleText(lab, id, PROMPT);
    const pid = 'machine' in runtime ? runtime.machine.pid : -1;
    expect(isRunning(pid)).toBe(true);

    await docker.kill();
    let ended: Guest | undefined;
    for await (const event of await client.guests.watch()) {
      const guest = event.type === 'changed' ? event.guest : event.type === 'snapshot' ? event.guests.find(({ definition }) => definition.id === id) : undefined;
      if (guest?.runtime.state === 'stopped') {
        ended = guest;
        break;
      }
    }
    const failure = ended?.runtime.state === 'stopped' ? ended.runtime.end?.failure : null;
    expect(failure).toMatchObject({ code: 'DOCKER_VANISHED', details: { during: 'a guest was running on it' } });
    if (failure != null) expect(wordsOf(failure).fix).toMatch(/Start the engine again/);
    expect(isRunning(pid)).toBe(false);
    place.leaks.check();
    expect(statSync(disk.path).uid).toBe(process.getuid?.());
    expect((await client.disks.check({ id: disk.id })).clean).toBe(true);

    expect(await failureOf(() => client.guests.start({ id }))).toMatchObject({ code: 'DOCKER_STOPPED' });
    expect((await client.containers.refresh()).engines).toMatchObject([{ state: 'stopped' }]);
    expect(await failureOf(() => client.containers.createVolume({ name: 'x' }))).toMatchObject({ code: 'DOCKER_STOPPED' });

    await docker.start();
    // What the engine remembers of the container is removed as soon as it is asked.
    await client.containers.refresh();
    expect(await docker.docker('ps', '--all', '--quiet')).toBe('');
    await client.guests.start({ id });
    await consoleText(lab, id, /petri# [\s\S]*\[ 1\/10\][\s\S]*petri# /);
    await client.guests.kill({ id });
  });

  it('that is killed during a build: the build has failed by it', async () => {
    const { client } = await place.open({ docker: environmentOf(docker) });
    const { task } = await client.containers.build({ recipe: 'qemu-i386', base: 'petri-test-base' });
    for await (const { line } of await client.containers.buildLog({ task })) if (line.startsWith('Step 3/')) break;
    await docker.kill();
    for await (const tasks of await client.tasks.watch()) {
      const found = tasks.find(({ id }) => id === task);
      if (found?.state === 'running') continue;
      expect(found?.failure).toMatchObject({ code: 'DOCKER_VANISHED' });
      break;
    }
  });

  it('keeps the guest of a lab that is killed, which the next lab takes over; without the engine it ends the guest', async () => {
    const variables = environmentOf(docker).variables as NodeJS.ProcessEnv;
    const builder = await place.open({ docker: environmentOf(docker) });
    await build(builder.client, 'qemu-i386');
    await builder.lab.dispose();
    const killed = await startLabProcess({ ...place, environment: variables });
    const { definition } = (await killed.call('guests.create', builtinDraft('Orphan'))) as { definition: GuestDefinition };
    await killed.call('guests.start', { id: definition.id });
    await killed.kill();

    const next = await place.open({ docker: environmentOf(docker) });
    expect(next.lab.adopted).toEqual(['Orphan']);
    await consoleText(next.lab, definition.id, PROMPT);
    const { runtime } = await next.client.guests.get({ id: definition.id });
    const pid = 'machine' in runtime ? runtime.machine.pid : -1;
    await next.lab.dispose();
    expect(isRunning(pid)).toBe(true);

    await docker.kill();
    const last = await place.open({ docker: environmentOf(docker) });
    expect(last.lab.adopted).toEqual([]);
    expect((await last.client.guests.get({ id: definition.id })).runtime).toMatchObject({ state: 'stopped', end: { how: 'lost' } });
    expect(isRunning(pid)).toBe(false);
    place.leaks.check();
  });
});
