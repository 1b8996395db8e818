// What a container costs: from `launch` to the first serial byte on both Machines against bare QEMU, and a disk inside and outside.
import { execFileSync } from 'node:child_process';
import { median } from 'simple-statistics';
import { consoleText } from '../support/consoleText.ts';
import { bareCommand, bootBare } from '../support/bareQemu.ts';
import { inMilliseconds, printRows, ratioOf, sayProgress, type BenchmarkRow } from '../support/benchmark.ts';
import { build, builtinDraft, environmentOf } from '../support/docker/dockerLab.ts';
import { dockerObstacle, startPrivateDocker, type PrivateDocker } from '../support/docker/privateDocker.ts';
import { makeLabPlace, type DoorlessLab } from '../support/labPlace.ts';

const ROUNDS = 10;
const DISK_ROUNDS = 5;
/** An engine takes most of a second for a container; a launch in one may not take much more than that. */
const LAUNCH_LIMIT_MS = 1_500;

async function launch({ client, lab }: DoorlessLab, id: string): Promise<number> {
  const from = lab.consoles.list().find((state) => state.id === `guest/${id}/serial0`)?.end ?? 0;
  const began = performance.now();
  await client.guests.start({ id });
  await consoleText(lab, id, /\[10\/10\]/);
  const took = performance.now() - began;
  await client.guests.kill({ id });
  return from >= 0 ? took : 0;
}

async function launches(opened: DoorlessLab): Promise<BenchmarkRow[]> {
  const { client } = opened;
  const bare = bareCommand((await client.guests.command({ id: (await client.guests.create(builtinDraft('Bare', { place: { kind: 'qemu' } }))).definition.id })).argv);
  const [inside, outside, reference]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round <= ROUNDS; round += 1) {
    // A guest of its own each round: its console begins anew.
    const docker = await client.guests.create(builtinDraft(`Inside ${round}`));
    const native = await client.guests.create(builtinDraft(`Outside ${round}`, { place: { kind: 'qemu' } }));
    const took = { inside: await launch(opened, docker.definition.id), outside: await launch(opened, native.definition.id), bare: (await bootBare(bare)).promptMs };
    if (round === 0) continue;
    inside.push(took.inside);
    outside.push(took.outside);
    reference.push(took.bare);
    sayProgress(`launch ${round}/${ROUNDS}`);
  }
  const row = (name: string, ours: number[], limit: string, met: boolean): BenchmarkRow => ({ name, ours: inMilliseconds(ours), reference: inMilliseconds(reference), ratio: ratioOf(ours, reference).text, target: limit, runs: ROUNDS, met });
  const overhead = median(inside) - median(reference);
  return [
    row('launch to the last phase, on this host, against bare QEMU', outside, '', true),
    row('launch to the last phase, in a container, against bare QEMU', inside, `overhead ≤ ${LAUNCH_LIMIT_MS} ms`, overhead <= LAUNCH_LIMIT_MS),
  ];
}

/** `qemu-img bench` of the same file, by the same program: with and without the container around it. */
async function disks(opened: DoorlessLab, docker: PrivateDocker): Promise<BenchmarkRow> {
  const disk = await opened.client.disks.create({ name: 'Bench', bytes: 256 * 1024 * 1024 });
  const bench = ['bench', '-w', '-f', 'qcow2', '-c', '4096', '-s', '65536', '-t', 'writeback', disk.path];
  const seconds = (text: string): number => Number(/in ([\d.]+) seconds/.exec(text)?.[1]) * 1_000;
  const container = await docker.docker('run', '--detach', '--user', '0:0', '--network', 'none', '--volume', `${disk.path}:${disk.path}`, '--entrypoint', 'sleep', 'petri/qemu-i386', '600');
  const [ours, reference]: [number[], number[]] = [[], []];
  for (let round = 0; round <= DISK_ROUNDS; round += 1) {
    // The program's own clock, so that starting it in the container does not count.
    const inside = seconds(await docker.docker('exec', container, 'qemu-img', ...bench));
    const outside = seconds(execFileSync('qemu-img', bench, { encoding: 'utf8' }));
    if (round === 0) continue;
    ours.push(inside);
    reference.push(outside);
    sayProgress(`disk ${round}/${DISK_ROUNDS}`);
  }
  await docker.docker('rm', '--force', container);
  const { text } = ratioOf(ours, reference);
  return { name: '256 MiB written to a qcow2 disk, in a container against this host', ours: inMilliseconds(ours), reference: inMilliseconds(reference), ratio: text, target: '', runs: DISK_ROUNDS, met: true };
}

if (dockerObstacle() === null) {
  const docker = await startPrivateDocker();
  const place = makeLabPlace();
  try {
    const opened = await place.open({ docker: environmentOf(docker) });
    await build(opened.client, 'qemu-i386');
    printRows([...(await launches(opened)), await disks(opened, docker)]);
  } finally {
    await place.close();
    await docker.close();
  }
} else {
  printRows([]);
}
