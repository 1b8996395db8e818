import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ContainersState } from '../../../electron/contract/containers.ts';
import { consoleText } from '../../support/consoleText.ts';
import { builtinDraft, environmentOf, IMAGES } from '../../support/docker/dockerLab.ts';
import { labOnPrivateDocker } from '../../support/docker/labOnPrivateDocker.ts';
import { BASE, dockerObstacle } from '../../support/docker/privateDocker.ts';
import { startLabProcess } from '../../support/labProcess.ts';
import { failureOf, refusal } from '../../support/refusal.ts';
import { makeLabPlace } from '../../support/labPlace.ts';
import { hasProgram } from '../../support/qemuGuest.ts';

const PROMPT = /^petri# /m;
const KERNEL = join(IMAGES, 'builtin/built/petri-i386.elf');

describe.skipIf(dockerObstacle() !== null)('an engine', () => {
  const world = labOnPrivateDocker();
  const contract = () => world.opened.client;

  it('gets the seeds’ network, and a second one with the same addresses is refused by the name of the first', async () => {
    expect(await contract().containers.createNetwork({ name: 'minix-net', subnet: '172.28.0.0/16' })).toMatchObject({ name: 'minix-net', subnet: '172.28.0.0/16', ours: true });
    const { details, evidence } = await refusal('NETWORK_OVERLAPS', [world.place.runDirectory], () => contract().containers.createNetwork({ name: 'other', subnet: '172.28.4.0/24' }));
    expect(details).toMatchObject({ network: 'other', subnet: '172.28.4.0/24' });
    expect(evidence.join('')).toBe('the network minix-net has 172.28.0.0/16');
    expect((await contract().containers.get()).networks.map(({ name }) => name)).toEqual(['bridge', 'host', 'minix-net', 'none']);
  });

  /** A script that types a command into a serial port behind TCP until the guest answers. */
  const typing = (host: string, port: number): string => `{ for i in 1 2 3 4 5 6; do sleep 0.5; printf 'ps\\r'; done; } | socat -T 2 - TCP:${host}:${port},retry=50,interval=0.1`;

  it('lets two guests of one network reach each other by name, and no others', async () => {
    const run = ['run', '--rm', '--network', 'minix-net', '--entrypoint'];
    const guest = ['run', '--detach', '--network', 'minix-net', '--name', 'first', '--volume', `${KERNEL}:/kernel:ro`, '--env', 'QEMU_KERNEL=/kernel', 'petri/qemu-i386'];
    await world.docker.docker(...guest);
    // The serial port of the first guest, from the container of a second.
    expect(await world.docker.docker(...run, 'sh', 'petri/qemu-i386', '-c', typing('first', 5555))).toContain('petri# ps');
    expect(await world.docker.docker('run', '--rm', '--network', 'none', '--entrypoint', 'sh', 'petri/qemu-i386', '-c', 'socat -T 1 - TCP:first:5555 </dev/null 2>/dev/null || echo alone')).toBe('alone');
    await world.docker.docker('rm', '--force', 'first');
  });

  it('has the system calls of all programs of a container counted on this host, and says which container is not there', async () => {
    await world.docker.docker('run', '--detach', '--name', 'busy', '--entrypoint', 'sh', 'petri/qemu-i386', '-c', 'while :; do sleep 0.1; done');
    const watch = async (name: string) => {
      const { id } = await contract().programs.start({ target: { kind: 'container', name }, durationSeconds: 2, instrument: 'strace' });
      for await (const event of await contract().programs.watch({ id })) if (event.type === 'trace' && event.trace.state !== 'running') break;
      return contract().programs.get({ id });
    };
    const { trace, samples } = await watch('busy');
    expect(trace).toMatchObject({ name: 'container busy', state: 'done', failure: null });
    expect(trace.pids.length).toBeGreaterThan(0);
    expect(new Set(samples[0]?.metrics?.calls?.rows.map(({ process }) => process.replace(/ .*/, '')))).toEqual(new Set(['sh', 'sleep']));
    await world.docker.docker('rm', '--force', 'busy');
    await expect(watch('busy')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('runs an image by hand with the seeds’ variables, as a user that is not root, with a health check', async () => {
    const variables = { QEMU_KERNEL: '/kernel', QEMU_RAM: '96', QEMU_SMP: '1', ENABLE_VNC: '1', SERIAL_PORT: '7001', MONITOR_PORT: '7002' };
    const named = Object.entries(variables).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
    const id = await world.docker.docker('run', '--detach', '--health-interval', '200ms', '--volume', `${KERNEL}:/kernel:ro`, '--publish', '127.0.0.1:7001:7001', ...named, 'petri/qemu-i386');
    const inside = (script: string) => world.docker.docker('exec', id, 'sh', '-c', script);
    const monitor = (line: string) => inside(`{ sleep 0.5; echo "${line}"; sleep 0.5; } | socat - TCP:127.0.0.1:7002,retry=50,interval=0.1`);
    expect(await monitor('info status')).toContain('VM status: running');
    expect(await inside('tr "\\0" " " < /proc/$(pidof_qemu=; for f in /proc/[0-9]*/comm; do read -r n < $f; case $n in qemu-system-*) d=${f%/comm}; echo ${d#/proc/};; esac; done)/cmdline')).toMatch(/-smp 1 -m 96M .*-vnc 0\.0\.0\.0:0/);
    expect(await inside('id -u; socat -T 1 - TCP:127.0.0.1:5900 </dev/null | head -c 3')).toBe('10777\nRFB');
    // What the guest prints is in the container's log, too.
    expect(await world.docker.docker('logs', id)).toContain('[10/10] shell_prompt');
    expect(await world.docker.docker('inspect', '--format', '{{json .State.Health.Status}}', id)).toMatch(/healthy|starting/);
    // The published port is in the engine's own network namespace, on its loopback alone.
    expect(execFileSync('nsenter', ['--target', String(world.docker.pid()), '--net', 'ss', '-Hltn', 'sport', '=', ':7001'], { encoding: 'utf8' })).toMatch(/127\.0\.0\.1:7001/);
    // As the first process, the entrypoint passes the signal on and QEMU ends by itself.
    await world.docker.docker('stop', '--time', '10', id);
    expect(await world.docker.docker('inspect', '--format', '{{.State.ExitCode}}', id)).toBe('0');
    await world.docker.docker('rm', id);
  });

  it('tells which QEMU is in an image to a lab that did not build it', async () => {
    const versionIn = (state: unknown): unknown => (state as ContainersState).images.find(({ recipe }) => recipe === 'qemu-i386')?.qemuVersion;
    const other = makeLabPlace();
    // In a process of its own, as after a restart: what the first lab has learned stays with it.
    const process = await startLabProcess({ ...other, environment: environmentOf(world.docker).variables });
    try {
      expect(versionIn(await process.call('containers.get'))).toBe(versionIn(await contract().containers.get()));
    } finally {
      await process.kill();
      await other.close();
    }
    expect(versionIn(await contract().containers.get())).toMatch(/^\d+\.\d+/);
  });

  it('keeps volumes of ours, and what is not ours is left alone', async () => {
    expect(await contract().containers.createVolume({ name: 'minix-data' })).toMatchObject({ name: 'minix-data', ours: true });
    await world.docker.docker('volume', 'create', 'theirs');
    await world.docker.docker('network', 'create', '--subnet', '10.77.0.0/24', 'theirs');
    expect(await failureOf(() => contract().containers.removeVolume({ name: 'theirs' }))).toMatchObject({ code: 'DOCKER_REFUSED', details: { evidence: [expect.stringContaining('not made by Petri') as unknown] } });
    expect(await failureOf(() => contract().containers.removeNetwork({ name: 'theirs' }))).toMatchObject({ code: 'DOCKER_REFUSED' });
    expect(await failureOf(() => contract().containers.removeNetwork({ name: 'nowhere' }))).toMatchObject({ code: 'NOT_FOUND' });
    await contract().containers.removeVolume({ name: 'minix-data' });
    await contract().containers.removeNetwork({ name: 'minix-net' });
    const { volumes, networks } = await contract().containers.get();
    expect(volumes.map(({ name }) => name)).toEqual(['theirs']);
    expect(networks.map(({ name }) => name)).toEqual(['bridge', 'host', 'none', 'theirs']);
  });

  it('says which step of a build failed, with the last lines', async () => {
    const { task } = await contract().containers.build({ recipe: 'qemu-arm', base: 'no-such-base' });
    for await (const tasks of await contract().tasks.watch()) {
      const found = tasks.find(({ id }) => id === task);
      if (found?.failure == null) continue;
      expect(found.failure).toMatchObject({ code: 'DOCKER_BUILD_FAILED', details: { recipe: 'qemu-arm', step: expect.stringContaining('FROM') as unknown } });
      break;
    }
  });

  it('builds nothing when a build is cancelled', async () => {
    await world.docker.docker('build', '--tag', 'slow-base', '--build-arg', `BASE=${BASE}`, slowBase());
    const { task } = await contract().containers.build({ recipe: 'qemu-arm', base: 'slow-base' });
    for await (const { line } of await contract().containers.buildLog({ task })) if (line.includes('Step 3/')) break;
    await contract().tasks.cancel({ id: task });
    for await (const tasks of await contract().tasks.watch()) if (tasks.find(({ id }) => id === task)?.state === 'cancelled') break;
    expect((await contract().containers.refresh()).images.find(({ recipe }) => recipe === 'qemu-arm')).toMatchObject({ id: null });
  });

  /** A base of which the shell takes a minute for whatever it is to run. */
  function slowBase(): string {
    const directory = join(world.place.path, 'slow');
    mkdirSync(directory);
    writeFileSync(join(directory, 'slow'), '#!/bin/dash\nexec sleep 60\n');
    chmodSync(join(directory, 'slow'), 0o755);
    writeFileSync(join(directory, 'Dockerfile'), 'ARG BASE\nFROM ${BASE}\nCOPY slow /slow\nSHELL ["/slow"]\n');
    return directory;
  }

  it('builds by hand too, and its context leaves out everything but the recipe', () => {
    const { stdout, stderr, status } = spawnSync('docker', ['--host', world.docker.host, 'build', '--file', join(IMAGES, 'qemu-arm/Dockerfile'), '--build-arg', `BASE=${BASE}`, '--tag', 'by-hand', IMAGES], { encoding: 'utf8', env: { ...process.env, DOCKER_BUILDKIT: '0' } });
    expect(status, stderr).toBe(0);
    const [, kilobytes = ''] = /Sending build context to Docker daemon\s+([\d.]+)kB/.exec(stdout + stderr) ?? [];
    expect(Number(kilobytes)).toBeGreaterThan(5);
    expect(Number(kilobytes)).toBeLessThan(40);
  });

  it.skipIf(!hasProgram('docker-compose'))('accepts a group of guests as a compose file, and runs it', async () => {
    const group = 'A lab';
    const { definition } = await contract().guests.create(builtinDraft('Composed $HOME', { group, tcpConsoles: [{ console: 'serial0', port: 15_555 }], network: { kind: 'user', card: 'e1000', forwards: [] } }));
    const disk = await contract().disks.create({ name: 'Composed', bytes: 1_048_576 });
    await contract().guests.create(builtinDraft('Composed with a disk', { group, disks: [{ disk: disk.id, bus: 'ide' }], medium: null }));
    const { yaml } = await contract().containers.exportCompose({ group });
    const file = join(world.place.path, 'docker-compose.yml');
    writeFileSync(file, yaml);
    const compose = (...args: string[]) => spawnSync('docker-compose', ['--file', file, '--project-name', 'petritest', ...args], { encoding: 'utf8', env: { ...process.env, DOCKER_HOST: world.docker.host } });
    const config = compose('config');
    expect(config.status, config.stderr).toBe(0);
    expect(config.stderr).toBe('');
    const up = compose('up', '--detach', definition.id);
    expect(up.status, up.stderr).toBe(0);
    const heard = compose('exec', '-T', definition.id, 'sh', '-c', typing('127.0.0.1', 15_555));
    expect(heard.stdout + heard.stderr).toContain('petri# ps');
    expect(compose('down').status).toBe(0);

    const told = await contract().containers.readCompose({ yaml });
    expect(told).toMatchObject({ group, guests: [{ name: 'Composed $HOME', architecture: 'i386' }, { name: 'Composed with a disk' }], ignored: [] });
    const { guests } = await contract().containers.importCompose({ yaml });
    const made = await Promise.all(guests.map((id) => contract().guests.get({ id })));
    expect(made.map(({ definition: { name, group: its, disks } }) => [name, its, disks.length])).toEqual([['Composed $HOME 2', group, 0], ['Composed with a disk 2', group, 1]]);
  });

  it('of another host boots a guest through ssh, with its sockets carried by exec', async () => {
    const bin = join(world.place.path, 'bin');
    mkdirSync(bin);
    // In ssh's place: the same engine, reached only through the pipes of a process, as over a network.
    writeFileSync(join(bin, 'ssh'), `#!/bin/sh\nwhile [ "$1" != docker ]; do shift; done\nexec ${execFileSync('which', ['docker'], { encoding: 'utf8' }).trim()} --host ${world.docker.host} system dial-stdio\n`);
    chmodSync(join(bin, 'ssh'), 0o755);
    const before = process.env['PATH'];
    process.env['PATH'] = `${bin}:${before ?? ''}`;
    const far = makeLabPlace();
    try {
      const environment = environmentOf(world.docker);
      const lab = await far.open({ docker: { ...environment, variables: { ...environment.variables, DOCKER_HOST: 'ssh://somebody@far' } } });
      expect((await lab.client.containers.refresh()).engines).toMatchObject([{ host: 'ssh://somebody@far', state: 'good' }]);
      const { definition } = await lab.client.guests.create(builtinDraft('Far away'));
      await lab.client.guests.start({ id: definition.id });
      await consoleText(lab.lab, definition.id, PROMPT);
      await lab.client.consoles.write({ id: `guest/${definition.id}/serial0`, base64: Buffer.from('ps\r').toString('base64') });
      await consoleText(lab.lab, definition.id, /petri# ps[\s\S]*petri# /);
      const [inspected] = JSON.parse(await world.docker.docker('inspect', (await world.docker.docker('ps', '--quiet')).trim())) as [{ Mounts: { Type: string }[] }];
      expect(inspected.Mounts.map(({ Type }) => Type)).toEqual(['volume']);
      expect((await lab.client.guests.powerDown({ id: definition.id })).runtime).toMatchObject({ end: { how: 'poweredDown' } });
      expect(await world.docker.docker('ps', '--all', '--quiet')).toBe('');
      const disk = await lab.client.disks.create({ name: 'Here', bytes: 1_048_576 });
      const kept = await lab.client.guests.create(builtinDraft('With a disk', { disks: [{ disk: disk.id, bus: 'ide' }] }));
      expect(await failureOf(() => lab.client.guests.start({ id: kept.definition.id }))).toMatchObject({ code: 'DOCKER_REFUSED', details: { request: expect.stringContaining('its disks would have to be on that host') as unknown } });
    } finally {
      process.env['PATH'] = before;
      await far.close();
    }
  });
});
