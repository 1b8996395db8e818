// What networks cost: bytes through a container's published port and out of a guest by QEMU's user-mode network, both against loopback.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { inMilliseconds, printRows, ratioOf, sayProgress, type BenchmarkRow } from '../support/benchmark.ts';
import { consoleText } from '../support/consoleText.ts';
import { MIB, taskDone } from '../support/diskTools.ts';
import { build, environmentOf } from '../support/docker/dockerLab.ts';
import { dockerObstacle, startPrivateDocker, type PrivateDocker } from '../support/docker/privateDocker.ts';
import { makeLabPlace, type DoorlessLab } from '../support/labPlace.ts';
import { canRun } from '../support/qemuGuest.ts';

const ROUNDS = 5;
const CONTAINER_MIB = 512;
const GUEST_MIB = 16;
const IMAGE = 'petri/qemu-i386';
const PORT = 7_000;

type Path = 'loopback' | 'nat' | 'proxy';

/** The time of a transfer in milliseconds, by a clock beside the sender: from before it connects until the receiver has all and hangs up. */
const SEND = 'b=$(date +%s%N); socat -b 65536 -t 60 "OPEN:/dev/zero,readbytes=$1!!OPEN:/dev/null" "TCP:$2"; e=$(date +%s%N); echo $(((e - b) / 1000))';
const receive = ['-u', '-b', '65536', `TCP-LISTEN:${PORT},fork,reuseaddr`, 'OPEN:/dev/null'];

/**
 * The same two programs of the same image on every path: only the network between them differs. To the bridge's own address
 * the kernel translates (iptables, DNAT in OUTPUT); to 127.0.0.1 docker-proxy copies.
 */
async function containers(docker: PrivateDocker): Promise<BenchmarkRow[]> {
  const gateway = await docker.docker('network', 'inspect', '--format', '{{(index .IPAM.Config 0).Gateway}}', 'bridge');
  const run = (...words: string[]): Promise<string> => docker.docker('run', '--detach', '--user', '0:0', ...words);
  const publish = [gateway, '127.0.0.1'].flatMap((address, index) => ['--publish', `${address}:${PORT + 1 + index}:${PORT}`]);
  const ids = [
    await run('--network', 'host', '--entrypoint', 'socat', IMAGE, ...receive),
    await run(...publish, '--entrypoint', 'socat', IMAGE, ...receive),
    await run('--network', 'host', '--entrypoint', 'sleep', IMAGE, '3600'),
  ];
  const addresses: Record<Path, string> = { loopback: `127.0.0.1:${PORT}`, nat: `${gateway}:${PORT + 1}`, proxy: `127.0.0.1:${PORT + 2}` };
  const send = async (path: Path): Promise<number> => Number(await docker.docker('exec', ids[2] ?? '', 'sh', '-c', SEND, 'sh', String(CONTAINER_MIB * MIB), addresses[path])) / 1_000;
  const times: Record<Path, number[]> = { loopback: [], nat: [], proxy: [] };
  for (let round = 0; round <= ROUNDS; round += 1) {
    const took = { loopback: await send('loopback'), nat: await send('nat'), proxy: await send('proxy') };
    if (round === 0) continue;
    for (const path of ['loopback', 'nat', 'proxy'] as const) times[path].push(took[path]);
    sayProgress(`container ${round}/${ROUNDS}`);
  }
  await docker.docker('rm', '--force', ...ids);
  const row = (name: string, path: Path): BenchmarkRow => ({
    name: `${CONTAINER_MIB} MiB into a container ${name}, against loopback`,
    ours: inMilliseconds(times[path]), reference: inMilliseconds(times.loopback), ratio: ratioOf(times[path], times.loopback).text, target: '', runs: ROUNDS, met: true,
  });
  return [row('by NAT (bridge, published port)', 'nat'), row('by a port of 127.0.0.1, as Petri publishes it', 'proxy')];
}

/** Takes bytes on 127.0.0.1; `arrival` is the time from the first connection to its end, in milliseconds. */
async function openSink() {
  let arrived = Promise.withResolvers<number>();
  const server = createServer((socket) => {
    const began = performance.now();
    let bytes = 0;
    socket.on('data', (chunk) => (bytes += chunk.length)).on('error', arrived.reject);
    socket.on('end', () => (bytes === GUEST_MIB * MIB ? arrived.resolve(performance.now() - began) : arrived.reject(new Error(`${bytes} bytes arrived`))));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async arrival(send: () => Promise<unknown>): Promise<number> {
      arrived = Promise.withResolvers<number>();
      const [took] = await Promise.all([arrived.promise, send()]);
      return took;
    },
    close: () => server.close(),
  };
}

const sendHere = 'const [bytes, port] = process.argv.slice(1).map(Number); const part = Buffer.alloc(65536); const socket = require("net").connect(port, "127.0.0.1"); let left = bytes; const more = () => { while (left > 0) { left -= part.length; if (!socket.write(part)) return void socket.once("drain", more); } socket.end(); }; more();';

/** Null where the distribution's packages cannot be had. */
async function linuxGuest({ client, lab }: DoorlessLab): Promise<string | null> {
  try {
    // One fetch makes both of its images.
    await taskDone(client, await client.catalog.fetch({ entry: 'linux-x86-64', image: 'kernel' }));
  } catch (error) {
    if (!String(error).includes('PACKAGES_UNAVAILABLE')) throw error;
    process.stderr.write('SKIPPED: the network of a Linux guest: its packages cannot be had here\n');
    return null;
  }
  const { id } = (await client.guests.createFromCatalog({ entry: 'linux-x86-64' })).definition;
  await client.guests.update({ id, change: { accelerator: 'tcg', network: { kind: 'user', card: 'virtio', outbound: 'open', forwards: [] } } });
  await client.guests.start({ id });
  await consoleText(lab, id, /login: $/);
  return id;
}

async function userMode(opened: DoorlessLab): Promise<BenchmarkRow[]> {
  const { client, lab } = opened;
  const id = await linuxGuest(opened);
  if (id === null) return [];
  const sink = await openSink();
  let typed = 0;
  /** Types a line and waits for the prompt behind it. */
  const type = async (line: string): Promise<void> => {
    typed += 1;
    await client.consoles.write({ id: `guest/${id}/serial0`, base64: Buffer.from(`${line}; echo done-$((${typed}))\r`).toString('base64') });
    await consoleText(lab, id, new RegExp(`^done-${typed}$`, 'm'));
  };
  const send = `dd if=/dev/zero bs=65536 count=${(GUEST_MIB * MIB) / 65_536} 2>/dev/null | nc 10.0.2.2 ${sink.port}`;
  const [ours, reference]: [number[], number[]] = [[], []];
  try {
    await client.consoles.write({ id: `guest/${id}/serial0`, base64: Buffer.from('root\r').toString('base64') });
    await consoleText(lab, id, /\/root # /);
    await type('until route -n | grep -q ^0.0.0.0; do sleep 1; done');
    for (let round = 0; round <= ROUNDS; round += 1) {
      const guest = await sink.arrival(() => type(send));
      const here = await sink.arrival(() => promisify(execFile)(process.execPath, ['-e', sendHere, String(GUEST_MIB * MIB), String(sink.port)]));
      if (round === 0) continue;
      ours.push(guest);
      reference.push(here);
      sayProgress(`user-mode network ${round}/${ROUNDS}`);
    }
  } finally {
    sink.close();
    await client.guests.kill({ id });
  }
  const { text } = ratioOf(ours, reference);
  return [{ name: `${GUEST_MIB} MiB out of an emulated Linux by QEMU’s user-mode network, against loopback`, ours: inMilliseconds(ours), reference: inMilliseconds(reference), ratio: text, target: '', runs: ROUNDS, met: true }];
}

const rows: BenchmarkRow[] = [];
const place = makeLabPlace();
const docker = dockerObstacle() === null ? await startPrivateDocker() : null;
try {
  const opened = await place.open(docker === null ? {} : { docker: environmentOf(docker) });
  if (docker !== null) {
    await build(opened.client, 'qemu-i386');
    rows.push(...(await containers(docker)));
  }
  if (canRun({ architecture: 'x86_64' })) rows.push(...(await userMode(opened)));
  printRows(rows);
} finally {
  await place.close();
  await docker?.close();
}
