import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { DeclaredError } from '../../../electron/contract/errors.ts';
import { createCallCounter } from '../../../electron/core/calls/countCalls.ts';
import { openDebianPackages } from '../../../electron/host/linux/debianPackages.ts';
import { archiveOf, linuxSystem } from '../../../electron/host/linux/linuxSystem.ts';
import { pluginArguments } from '../../../electron/host/instruments/plugin/pluginArguments.ts';
import { drawNumbers } from '../../support/drawnNumbers.ts';
import { canRun, hasProgram, startGuest } from '../../support/qemuGuest.ts';
import { scratch } from '../../support/scratch.ts';
import { decoder } from '../../unit/calls/loaded.ts';
import { builtFor, pluginPlaces, readAll } from '../instruments/pluginWorld.ts';

const draw = drawNumbers('calls that strace counts in a guest');
const places = pluginPlaces();
const machine = { architecture: 'x86_64' } as const;
const able = canRun(machine) && ['apt-get', 'dpkg-deb', 'cc'].every(hasProgram);

/** Debian's kernel with busybox and strace in memory, or why it cannot be had here. */
async function makeSystem(directory: string): Promise<{ kernel: string; initrd: string } | string> {
  try {
    const [workshop, root] = [join(directory, 'workshop'), join(directory, 'root')];
    mkdirSync(workshop);
    const packages = await openDebianPackages({ wanted: 'Linux with strace', directory: workshop, architecture: 'amd64', signal: AbortSignal.timeout(200_000) });
    const kernel = await packages.dependency('linux-image-cloud-amd64', /^linux-image-\d/);
    await packages.unpack(await packages.download([kernel, 'busybox-static', 'strace', ...(await packages.librariesOf(['strace']))]), root);
    const release = readdirSync(join(root, 'lib/modules'))[0] ?? '';
    const system = await linuxSystem({ root, release, modules: [], serial: 'ttyS0', programs: ['usr/bin/strace'] }, join(import.meta.dirname, '../../../resources'));
    const initrd = join(directory, 'initrd.gz');
    writeFileSync(initrd, gzipSync(archiveOf(system), { level: 1 }));
    return { kernel: join(root, `boot/vmlinuz-${release}`), initrd };
  } catch (error) {
    if (error instanceof DeclaredError && error.failure.code === 'PACKAGES_UNAVAILABLE') return error.failure.details.reason;
    throw error;
  }
}

/** `calls errors name` of `strace -c -U calls,errors,name`, which leaves out a column without a number. */
function readCounts(text: string): Map<string, number> {
  return new Map([...text.matchAll(/^ *(\d+)(?: +\d+)? +(\w+)\r?$/gm)].map(([, count, name]) => [name ?? '', Number(count)] as const).filter(([name]) => name !== 'total'));
}

it.skipIf(!able)('what the plugin counts of a process of Linux is what strace counts inside the guest', { timeout: 400_000 }, async (context) => {
  const directory = scratch();
  const system = await makeSystem(directory);
  if (typeof system === 'string') {
    process.stderr.write(`SKIPPED: ${system}\n`);
    context.skip('the packages cannot be had here');
    return;
  }
  const trace = join(directory, 'trace');
  const watching = pluginArguments(await builtFor(places, machine), { out: trace, events: ['call', 'return'], vectors: [0x80] });
  const guest = startGuest({ ...machine, kernel: system.kernel, append: 'console=ttyS0 quiet', extra: ['-m', '256', '-initrd', system.initrd, ...watching] });
  const blocks = draw(100, 300);
  await guest.waitFor(/login: $/);
  guest.send('root\r');
  await guest.waitFor(/# \S*$/);
  guest.send(`strace -c -U calls,errors,name -o /tmp/counts dd if=/dev/zero of=/dev/null bs=1 count=${blocks}; echo 'be''gin'; cat /tmp/counts; echo 'e''nd'\r`);
  const [, printed = ''] = await guest.waitFor(/begin\r\n([^]*?)end\r\n/);
  guest.send('poweroff -f\r');
  await guest.exit;

  const counter = createCallCounter({ decoder: decoder('linux-x86_64') });
  for (const event of (await readAll(trace)).events) counter.take(event);
  const table = counter.result();
  expect({ unnamed: table.unnamed, undecoded: counter.left.undecoded }).toEqual({ unnamed: 0, undecoded: 0 });
  expect(table.verified).not.toBeNull();

  const said = readCounts(printed);
  expect(said.get('read')).toBeGreaterThanOrEqual(blocks);
  // The program's own address space is the one with the most writes of one byte; strace writes only its table.
  const own = table.rows.filter(({ name }) => name === 'write').sort((one, other) => other.count - one.count)[0]?.process;
  const seen = new Map(table.rows.filter(({ process }) => process === own).map(({ name, count }) => [name, count]));
  // The exec that strace counts was called in the address space that it left, and strace does not count what ends the process.
  for (const [name, count] of said) if (name !== 'execve') expect([name, seen.get(name)]).toEqual([name, count]);
  for (const name of ['read', 'write']) expect(table.rows.find((row) => row.process === own && row.name === name)).toMatchObject({ unreturned: 0, errors: 0 });
});

it('reads strace’s table with and without errors', () => {
  expect(readCounts('    calls    errors syscall\r\n--------- --------- ----------------\r\n      102           read\r\n        2         1 open\r\n      104         1 total\r\n')).toEqual(new Map([['read', 102], ['open', 2]]));
});
