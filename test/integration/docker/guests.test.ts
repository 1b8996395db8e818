import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { GuestDraftInput } from '../../../electron/contract/guests.ts';
import { openEngine, type DockerEngine } from '../../../electron/host/docker/engine.ts';
import { openShell } from '../../../electron/host/docker/shell.ts';
import { containerUser } from '../../../electron/host/docker/givenFiles.ts';
import { makeCommandLine } from '../../support/commandLine.ts';
import { consoleText } from '../../support/consoleText.ts';
import { builtinDraft, environmentOf } from '../../support/docker/dockerLab.ts';
import { labOnPrivateDocker } from '../../support/docker/labOnPrivateDocker.ts';
import { dockerObstacle } from '../../support/docker/privateDocker.ts';
import { failureOf, refusal } from '../../support/refusal.ts';
import { makeLabPlace } from '../../support/labPlace.ts';
import { talkTo } from '../../support/terminalTalk.ts';

const PROMPT = /^petri# /m;

interface Inspected {
  State: { Running: boolean };
  HostConfig: Record<string, unknown>;
  Mounts: { Destination: string; RW: boolean }[];
  NetworkSettings: { Networks: Record<string, unknown> };
}

describe.skipIf(dockerObstacle() !== null)('a guest in a container', () => {
  const world = labOnPrivateDocker();

  async function boot(draft: GuestDraftInput): Promise<{ id: string; container: string; pid: number; text: string }> {
    const { definition } = await world.opened.client.guests.create(draft);
    const { runtime } = await world.opened.client.guests.start({ id: definition.id });
    if (!('machine' in runtime) || runtime.machine.container === null) throw new Error(`the guest is ${runtime.state}, and not in a container`);
    const text = await consoleText(world.opened.lab, definition.id, PROMPT);
    return { id: definition.id, container: runtime.machine.container.id, pid: runtime.machine.pid, text };
  }
  const inspect = async (container: string): Promise<Inspected> => (JSON.parse(await world.docker.docker('inspect', container)) as [Inspected])[0];
  const containers = (): Promise<string> => world.docker.docker('ps', '--all', '--quiet');
  const kill = (id: string) => world.opened.client.guests.kill({ id });

  it('has an image that is built with its context’s size, its steps and QEMU’s own words', async () => {
    expect(world.buildLines[0]).toMatch(/^context: \d{4} bytes in 2 files; base: petri-test-base$/);
    expect(world.buildLines.join('\n')).toMatch(/Step 1\/\d+[\s\S]*QEMU emulator version [\s\S]*Successfully tagged petri\/qemu-i386:latest/);
    const { images, engines } = await world.opened.client.containers.get();
    expect(engines).toMatchObject([{ name: 'default', chosen: true, state: 'good', host: world.docker.host }]);
    expect(images.find(({ recipe }) => recipe === 'qemu-i386')).toMatchObject({ outdated: false, base: 'petri-test-base', qemuVersion: expect.stringMatching(/^\d+\.\d+/) as unknown });
    expect(images.find(({ recipe }) => recipe === 'qemu-arm')).toMatchObject({ id: null });
  });

  it('goes through the same phases as on this host, with the same QEMU arguments, and both power down', async () => {
    const inside = await boot(builtinDraft('Inside'));
    const { definition } = await world.opened.client.guests.create(builtinDraft('Outside', { place: { kind: 'qemu' } }));
    await world.opened.client.guests.start({ id: definition.id });
    const outside = await consoleText(world.opened.lab, definition.id, PROMPT);
    const phases = (text: string): string[] => [...text.matchAll(/^\[ ?\d+\/10\] (\w+)/gm)].map(([, name = '']) => name);
    expect(phases(inside.text)).toHaveLength(10);
    expect(phases(inside.text)).toEqual(phases(outside));
    const argv = async (id: string): Promise<string[]> => {
      const { runtime } = await world.opened.client.guests.get({ id });
      return 'machine' in runtime ? runtime.machine.argv : [];
    };
    const [there, here] = [await argv(inside.id), await argv(definition.id)];
    const withoutNames = (words: string[]): string[] => words.filter((word) => !/guest=|path=|^[0-9a-f-]{36}$/.test(word));
    expect(withoutNames(there.slice(there.indexOf('-name')))).toEqual(withoutNames(here.slice(here.indexOf('-name'))));
    for (const id of [inside.id, definition.id]) expect((await world.opened.client.guests.powerDown({ id })).runtime).toMatchObject({ end: { how: 'poweredDown', failure: null } });
    expect(await containers()).toBe('');
  });

  it('has no capabilities, is not root, cannot become it, and has its limits', async () => {
    const { id, container, pid } = await boot(builtinDraft('Confined', { limits: { cpuPercent: 50, memoryMiB: 300, reservedMemoryMiB: null } }));
    const { HostConfig } = await inspect(container);
    expect(HostConfig).toMatchObject({ Privileged: false, CapDrop: ['ALL'], SecurityOpt: ['no-new-privileges'], ReadonlyRootfs: true, NetworkMode: 'none', Memory: 300 * 1_048_576, NanoCpus: 5e8, PidsLimit: 256, Devices: [] });
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const { uid } = containerUser();
    expect(uid).not.toBe(0);
    expect(status).toMatch(new RegExp(`^Uid:\\s+${uid}\\s+${uid}\\s+${uid}\\s+${uid}$`, 'm'));
    for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb']) expect(status).toMatch(new RegExp(`^${set}:\\s+0{16}$`, 'm'));
    expect(status).toMatch(/^NoNewPrivs:\s+1$/m);
    expect(status).toMatch(/^Seccomp:\s+2$/m);
    const inside = (script: string): Promise<string> => world.docker.docker('exec', container, 'sh', '-c', script);
    expect(await inside('echo x > /etc/x || echo refused; echo x > /tmp/x && echo written; ls /sys/class/net; ls /dev/kvm || echo none')).toBe('refused\nwritten\nlo\nnone');
    expect(await world.docker.docker('exec', container, 'cat', '/proc/1/comm')).toMatch(/init/);
    await kill(id);
  });

  it('is typed to, paused, resumed and reset by the same acts, and has a shell of its container', async () => {
    const { id, container } = await boot(builtinDraft('Spoken to'));
    const { guests, consoles } = world.opened.client;
    await consoles.write({ id: `guest/${id}/serial0`, base64: Buffer.from('ps\r').toString('base64') });
    await consoleText(world.opened.lab, id, /petri# ps[\s\S]*petri# /);
    expect((await guests.pause({ id })).runtime.state).toBe('paused');
    expect((await guests.resume({ id })).runtime.state).toBe('running');
    await guests.reset({ id });
    await consoleText(world.opened.lab, id, /petri# [\s\S]*\[ 1\/10\][\s\S]*petri# /);

    const engine: DockerEngine = await openEngine({ name: 'default', host: world.docker.host });
    const shell = await openShell(engine, container, { columns: 100, rows: 30 });
    let text = '';
    const said = new Promise<void>((resolve) => {
      shell.read((bytes) => {
        text += Buffer.from(bytes).toString();
        if (text.includes('uid=')) resolve();
      });
    });
    await shell.write(Buffer.from('stty size; id\r'));
    await said;
    expect(text).toContain('30 100');
    expect(text).toContain(`uid=${containerUser().uid}`);
    await shell.write(Buffer.from('exit 3\r'));
    expect(await shell.closed).toEqual({ exitCode: 3 });
    await engine.close();
    await kill(id);
  });

  it('goes on without its lab, and the next one takes it over', async () => {
    const { id, container } = await boot(builtinDraft('Adopted'));
    await world.opened.lab.dispose();
    expect((await inspect(container)).State.Running).toBe(true);
    world.opened = await world.place.open({ docker: environmentOf(world.docker) });
    expect(world.opened.lab.adopted).toEqual(['Adopted']);
    expect((await world.opened.client.guests.get({ id })).runtime).toMatchObject({ state: 'running', machine: { container: { id: container } } });
    await world.opened.client.consoles.write({ id: `guest/${id}/serial0`, base64: Buffer.from('ps\r').toString('base64') });
    await consoleText(world.opened.lab, id, /petri# ps[\s\S]*petri# /);
    expect((await kill(id)).runtime).toMatchObject({ state: 'stopped', end: { how: 'killed' } });
    expect(await containers()).toBe('');
  });

  it('uses a disk of the user, who has it again afterwards', async () => {
    const { client } = world.opened;
    const disk = await client.disks.create({ name: 'Data', bytes: 1_048_576 });
    const owner = statSync(disk.path).uid;
    const { id, pid } = await boot(builtinDraft('With a disk', { disks: [{ disk: disk.id, bus: 'ide' }] }));
    const held = readFileSync(`/proc/${pid}/mountinfo`, 'utf8');
    expect(held).toContain(join(disk.path, '..'));
    expect(statSync(disk.path).uid).toBe(containerUser().uid);
    await kill(id);
    expect(statSync(disk.path).uid).toBe(owner);
    expect((await client.disks.check({ id: disk.id })).clean).toBe(true);
  });

  it('has a shell that a person opens in the terminal, leaves with Ctrl-], finds again and ends', async () => {
    const cli = makeCommandLine(environmentOf(world.docker).variables);
    try {
      expect(await cli.run('guest', 'create', 'builtin-i386', '--name', 'Shelled')).toMatchObject({ exitCode: 0, error: '' });
      expect(await cli.run('launch', 'Shelled', '--engine', 'default')).toMatchObject({ exitCode: 0 });
      const shell = talkTo(cli.inTerminal('shell', 'Shelled'));
      expect(await shell.until(/[$#] $/)).toMatch(/Ctrl-\] leaves the shell open; come back with: petri console shelled-\S+ --console shell0/);
      // The engine gives a shell its size after it has begun.
      shell.type('until [ "$(stty size)" = "30 100" ]; do sleep 0.1; done; stty size; echo $((6*7))-$(id -u)\r');
      expect(await shell.until(/^42-\d+$/m)).toMatch(new RegExp(`^30 100\n42-${containerUser().uid}$`, 'm'));
      shell.type('\u001d');
      expect(await shell.ended).toBe(0);
      const again = talkTo(cli.inTerminal('console', 'Shelled', '--console', 'shell0'));
      await again.until(/^42-/m);
      again.type('exit\r');
      again.type('\u001d');
      expect(await again.ended).toBe(0);
    } finally {
      await cli.close();
    }
    expect(await containers()).toBe('');
  });

  it('has ports on 127.0.0.1 only when it has a network', async () => {
    const forward = { name: 'web', hostPort: null, guestPort: 80 };
    const { id, container, text } = await boot(builtinDraft('Networked', { network: { kind: 'user', card: 'e1000', forwards: [forward] } }));
    expect(text).toMatch(PROMPT);
    const { network } = (await world.opened.client.guests.get({ id })).definition;
    const port = network.kind === 'user' ? network.forwards[0]?.hostPort : null;
    expect(await world.docker.docker('port', container)).toBe(`${port}/tcp -> 127.0.0.1:${port}`);
    expect((await inspect(container)).HostConfig['NetworkMode']).toBe('bridge');
    await kill(id);
  });

  it('is in the network of the engine that it names, shows the line that puts it there, and says when there is none', async () => {
    const { client } = world.opened;
    const draft = builtinDraft('In minix-net', { network: { kind: 'user', card: 'e1000' }, place: { kind: 'docker', engine: 'default', network: 'minix-net' } });
    const { id } = (await client.guests.create(draft)).definition;
    for (const act of [() => client.guests.start({ id }), () => client.guests.command({ id })]) {
      const { details, fix } = await refusal('NETWORK_MISSING', [world.place.runDirectory], act);
      expect(details).toEqual({ engine: 'default', network: 'minix-net', known: ['bridge'] });
      expect(fix).toContain('petri network create minix-net');
    }
    expect(await containers()).toBe('');
    await client.containers.createNetwork({ name: 'minix-net', subnet: '172.28.0.0/16' });
    const { argv } = await client.guests.command({ id });
    expect(argv.slice(0, 5)).toEqual(['docker', '--context', 'default', 'run', '--detach']);
    expect(argv.join(' ')).toContain('--network minix-net');
    expect(await containers()).toBe('');
    expect(existsSync(argv[argv.indexOf('--workdir') + 1] ?? '')).toBe(false);
    const { runtime } = await client.guests.start({ id });
    if (!('machine' in runtime)) throw new Error(`the guest is ${runtime.state}`);
    // What was shown is what was run.
    expect(runtime.machine.argv).toEqual(argv);
    expect(Object.keys((await inspect(runtime.machine.container?.id ?? '')).NetworkSettings.Networks)).toEqual(['minix-net']);
    await kill(id);
    await client.containers.removeNetwork({ name: 'minix-net' });
  });

  it.each(['host', 'none', 'a b', '--privileged'])('is not placed in a network named %s', async (network) => {
    const draft = builtinDraft('Open', { place: { kind: 'docker', engine: 'default', network } });
    expect(await failureOf(() => world.opened.client.guests.create(draft))).toMatchObject({ code: 'INPUT_INVALID' });
  });

  it('is measured like a guest on this host: the same phases by the same instrument, and each sample names its engine', async () => {
    const { client } = world.opened;
    const inside = await client.guests.create(builtinDraft('Measured inside'));
    const outside = await client.guests.create(builtinDraft('Measured outside', { place: { kind: 'qemu' } }));
    const { id } = await client.measurements.start({ kind: 'boot', subjects: [{ guest: inside.definition.id }, { guest: outside.definition.id }], runs: 2, warmUps: 0, control: false });
    for await (const event of await client.measurements.watch({ id })) if (event.type === 'run' && event.run.endedAt !== null) break;
    const { run, samples } = await client.measurements.get({ id });
    expect(run).toMatchObject({ state: 'done', plan: { instrument: 'serialTrace' } });
    expect(samples.map(({ outcome }) => outcome)).toEqual(Array(4).fill('complete'));
    const of = (subject: string) => samples.filter((sample) => sample.subject === subject);
    const seen = (subject: string) => of(subject).map(({ phases }) => phases.map(({ name, status }) => `${name} ${status}`));
    expect(seen('a')).toEqual(seen('b'));
    for (const { place: at } of of('a')) expect(at).toMatchObject({ engine: 'default', address: world.docker.host, version: expect.stringMatching(/^\d+\./) as unknown, image: expect.stringMatching(/^sha256:/) as unknown });
    for (const { place: at } of of('b')) expect(at).toBeUndefined();
    // The same program by its digest, wherever it was found, if the base has this host's package.
    const [a, b] = run.subjects;
    if (a?.qemu.package === b?.qemu.package) expect(a?.qemu.id).toBe(b?.qemu.id);
    expect(await containers()).toBe('');
  });

  it('is told in QEMU’s own words when it cannot start, and nothing is left', async () => {
    const { definition } = await world.opened.client.guests.create(builtinDraft('Impossible', { machine: { board: 'pc', cpuModel: 'no-such-cpu', cpus: 1, memoryMiB: 64 } }));
    const { evidence } = await refusal('QEMU_REFUSED', [world.place.runDirectory], () => world.opened.client.guests.start({ id: definition.id }));
    expect(evidence.join('\n')).toMatch(/unable to find CPU model/);
    expect(await containers()).toBe('');
  });

  it('is ended by its memory limit, and its end says so', async () => {
    const { definition } = await world.opened.client.guests.create(builtinDraft('Too small', { limits: { cpuPercent: null, memoryMiB: 16, reservedMemoryMiB: null } }));
    const failure = await failureOf(() => world.opened.client.guests.start({ id: definition.id }));
    expect(JSON.stringify(failure)).toMatch(/memory limit of 16777216 bytes/);
    expect(await containers()).toBe('');
  });

  it('gets no accelerator that was not proven in a container', async () => {
    const { definition } = await world.opened.client.guests.create(builtinDraft('By hvf', { accelerator: 'hvf' }));
    const { evidence } = await refusal('ACCELERATOR_UNUSABLE', [world.place.runDirectory], () => world.opened.client.guests.start({ id: definition.id }));
    expect(evidence).toEqual(['a container has no hvf']);
  });

  it('gets /dev/kvm only when a guest has booted with it in a container, and says why it did not', async ({ skip }) => {
    if (!existsSync('/dev/kvm')) return skip('this machine has no /dev/kvm');
    const noQemu = makeLabPlace();
    try {
      // Without a QEMU on this host only a container can tell what KVM does.
      const { client } = await noQemu.open({ docker: environmentOf(world.docker), qemuSearchPath: noQemu.path });
      const now = (): string => (Date.now() / 1_000).toFixed(3);
      const since = now();
      const { id } = (await client.guests.create(builtinDraft('As it is best', { accelerator: 'auto' }))).definition;
      const { runtime } = await client.guests.start({ id });
      if (!('machine' in runtime)) throw new Error(`the guest is ${runtime.state}`);
      const made = await world.docker.docker('events', '--since', since, '--until', now(), '--filter', 'event=create', '--filter', 'type=container', '--format', '{{.Actor.Attributes.name}}');
      expect(made).toMatch(new RegExp(`^(?:petri-machine-\\w+\\n){2,}petri-${id}-\\w+$`));
      const isProven = runtime.machine.accelerator === 'kvm';
      expect((await inspect(runtime.machine.container?.id ?? '')).HostConfig['Devices']).toEqual(isProven ? [expect.objectContaining({ PathOnHost: '/dev/kvm' })] : []);
      await client.guests.kill({ id });
      const advice = await client.guests.advice({ id });
      expect(advice.join('')).toMatch(isProven ? /^$/ : /^its container has no \/dev\/kvm, because KVM was not proven: .{10}/);
      if (isProven) return;
      await client.guests.update({ id, change: { accelerator: 'kvm' } });
      const { evidence } = await refusal('ACCELERATOR_UNUSABLE', [noQemu.runDirectory], () => client.guests.start({ id }));
      expect(advice.join('')).toContain(evidence.join('; '));
      expect(await containers()).toBe('');
    } finally {
      await noQemu.close();
    }
  });

  it('cannot start without its image, and the fix is the command that builds it', async () => {
    const { definition } = await world.opened.client.guests.create(builtinDraft('Arm', { architecture: 'arm', machine: { board: 'virt', cpuModel: 'auto', cpus: 1, memoryMiB: 64 }, boot: { kernel: { kind: 'file', path: join(import.meta.dirname, '../../../images/builtin/built/petri-arm.elf') }, arguments: '', modules: [] }, phaseTable: 'builtin-arm' }));
    const failure = await failureOf(() => world.opened.client.guests.start({ id: definition.id }));
    expect(failure).toMatchObject({ code: 'DOCKER_IMAGE_MISSING', details: { recipe: 'qemu-arm' } });
  });

  it('of an unknown context is not found', async () => {
    const { definition } = await world.opened.client.guests.create(builtinDraft('Elsewhere', { place: { kind: 'docker', engine: randomUUID() } }));
    expect(await failureOf(() => world.opened.client.guests.start({ id: definition.id }))).toMatchObject({ code: 'NOT_FOUND' });
  });
});
