import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it, type TestContext } from 'vitest';
import { DeclaredError } from '../../../electron/contract/errors.ts';
import type { Profile } from '../../../electron/contract/metrics.ts';
import { createCallCounter } from '../../../electron/core/calls/countCalls.ts';
import { openDebianPackages, type DebianArchitecture } from '../../../electron/host/linux/debianPackages.ts';
import { profileTree } from '../../../electron/core/measurements/profileTree.ts';
import { readSymbolList } from '../../../electron/core/symbols/symbolList.ts';
import type { EventReducer } from '../../../electron/core/traces/eventReducer.ts';
import type { TraceEvent } from '../../../electron/core/traces/traceEvent.ts';
import { archiveOf, linuxSystem } from '../../../electron/host/linux/linuxSystem.ts';
import { readKernelSymbols } from '../../../electron/host/symbols/readSymbols.ts';
import { movingKernelBegin } from '../../../electron/core/symbols/movingKernel.ts';
import { findSymbol } from '../../../electron/core/symbols/symbolTable.ts';
import { findQemu } from '../../../electron/host/qemu/findQemu.ts';
import { pluginArguments, type PluginOptions } from '../../../electron/host/instruments/plugin/pluginArguments.ts';
import { drawNumbers } from '../../support/drawnNumbers.ts';
import { exceptionsOfEvents, exceptionsOfLog, logArguments } from '../../support/exceptionLog.ts';
import { canRun, type GuestMachine, hasProgram, startGuest } from '../../support/qemuGuest.ts';
import { scratch } from '../../support/scratch.ts';
import { writeFixture } from '../../unit/calls/fixture.ts';
import { decoder } from '../../unit/calls/loaded.ts';
import { builtFor, pluginPlaces, readAll } from '../instruments/pluginWorld.ts';

const draw = drawNumbers('calls that strace counts in a guest');
const places = pluginPlaces();

interface System {
  readonly machine: GuestMachine;
  readonly distribution: DebianArchitecture;
  /** The package that stands for the newest kernel. */
  readonly kernel: string;
  readonly serial: 'ttyS0' | 'ttyAMA0';
  /** Packages with a program that is wanted beside busybox. */
  readonly packages: readonly string[];
  readonly programs: readonly string[];
}
const PC: System = { machine: { architecture: 'x86_64' }, distribution: 'amd64', kernel: 'linux-image-cloud-amd64', serial: 'ttyS0', packages: ['strace'], programs: ['usr/bin/strace'] };
const ARM: System = { machine: { architecture: 'arm' }, distribution: 'armhf', kernel: 'linux-image-armmp', serial: 'ttyAMA0', packages: [], programs: [] };

const isAble = ({ machine }: System): boolean => canRun(machine) && ['apt-get', 'dpkg-deb', 'cc'].every(hasProgram);

interface MadeSystem {
  readonly kernel: string;
  readonly initrd: string;
  /** The kernel's package and its version. */
  readonly from: string;
}

/** Debian's kernel with busybox in memory; skips the test where the packages cannot be had. */
async function makeSystem(wanted: System, directory: string, context: TestContext): Promise<MadeSystem> {
  try {
    const [workshop, root] = [join(directory, 'workshop'), join(directory, 'root')];
    mkdirSync(workshop);
    const packages = await openDebianPackages({ wanted: 'Linux to be watched', directory: workshop, architecture: wanted.distribution, signal: AbortSignal.timeout(200_000) });
    const from = await packages.dependency(wanted.kernel, /^linux-image-\d/);
    const libraries = wanted.packages.length > 0 ? await packages.librariesOf(wanted.packages) : [];
    const files = await packages.download([from, 'busybox-static', ...wanted.packages, ...libraries]);
    // NAME_VERSION_ARCHITECTURE.deb
    const version = files.map((file) => basename(file).split('_')).find(([name]) => name === from)?.[1] ?? '';
    await packages.unpack(files, root);
    const release = readdirSync(join(root, 'lib/modules'))[0] ?? '';
    const system = await linuxSystem({ root, release, modules: [], serial: wanted.serial, programs: wanted.programs }, join(import.meta.dirname, '../../../resources'));
    const initrd = join(directory, 'initrd.gz');
    writeFileSync(initrd, gzipSync(archiveOf(system), { level: 1 }));
    return { kernel: join(root, `boot/vmlinuz-${release}`), initrd, from: `${from} ${version}` };
  } catch (error) {
    if (!(error instanceof DeclaredError) || error.failure.code !== 'PACKAGES_UNAVAILABLE') throw error;
    process.stderr.write(`SKIPPED: ${error.failure.details.reason}\n`);
    return context.skip('the packages cannot be had here');
  }
}

interface Session {
  readonly options: Omit<PluginOptions, 'out'>;
  /** More for the kernel's command line, and for QEMU. */
  readonly append?: string;
  readonly extra?: readonly string[];
  /** What the shell is told. */
  readonly typed: string;
}

/** The places of a kernel that brings its own list of names, as the plugin wants them. */
async function switchesOf(made: MadeSystem, { architecture }: GuestMachine, name: string, directory: string): Promise<Pick<PluginOptions, 'symbols' | 'kernel'>> {
  const { table, evidence } = await readKernelSymbols(made.kernel, null);
  expect(evidence.join()).toContain('kallsyms');
  const [symbols, begin] = [join(directory, 'symbols'), movingKernelBegin(table, architecture, '')];
  writeFileSync(symbols, `${findSymbol(table, name).address.toString(16)} ${name} every\n`);
  return { symbols, ...(begin !== null && { kernel: begin }) };
}

/** Between two reads of the guest's own count its kernel switched as often as its switch symbol was reached, but for what reading costs. */
function expectSwitches(printed: string, events: readonly TraceEvent[], name: string): void {
  const said = [...printed.matchAll(/^ctxt (\d+)\r?$/gm)].map(([, count]) => Number(count));
  const hits = events.filter((event) => event.kind === 'symbol' && event.symbol === name).length;
  const [first = 0, last = 0] = [said[0], said.at(-1)];
  expect(said.length).toBeGreaterThan(1);
  expect(last - first).toBeGreaterThan(100);
  // All since the boot: nothing was switched before the first count that the guest does not have in it; the end of the session comes behind the last one.
  expect(hits).toBeGreaterThanOrEqual(last);
  expect(hits - last).toBeLessThan(400);
}

/** Boots it with the plugin in QEMU, types something, and switches it off; answers what was printed between the marks, and all events. */
async function watchSession({ machine, serial }: System, made: MadeSystem, directory: string, { options, append = '', extra = [], typed }: Session) {
  const trace = join(directory, 'trace');
  const watching = pluginArguments(await builtFor(places, machine), { out: trace, ...options });
  const guest = startGuest({ ...machine, kernel: made.kernel, append: `console=${serial} quiet ${append}`, extra: ['-m', '256', '-initrd', made.initrd, ...extra, ...watching] });
  await guest.waitFor(/login: $/);
  guest.send('root\r');
  await guest.waitFor(/# \S*$/);
  guest.send(`echo 'be''gin'; ${typed}; echo 'e''nd'\r`);
  const [, printed = ''] = await guest.waitFor(/begin\r\n([^]*?)end\r\n/);
  guest.send('poweroff -f\r');
  await guest.exit;
  return { printed, ...(await readAll(trace)) };
}

/** `calls errors name` of `strace -c -U calls,errors,name`, which leaves out a column without a number. */
function readCounts(text: string): Map<string, number> {
  return new Map([...text.matchAll(/^ *(\d+)(?: +\d+)? +(\w+)\r?$/gm)].map(([, count, name]) => [name ?? '', Number(count)] as const).filter(([name]) => name !== 'total'));
}

/** Ticks come by instructions: on a busy host a guest would do little but tick. */
const LOGICAL = ['-icount', 'shift=0,sleep=off'];
/** Processes that wait for each other. */
const SWITCHING = 'grep ctxt /proc/stat; dd if=/dev/zero bs=512 count=400 2>/dev/null | dd of=/dev/null bs=512 2>/dev/null';
const EVERY = 20_011;
/** A process that does little but let the kernel fill a buffer with zeroes; then the places of the functions, one of which does it, and what lies behind them. */
const CLEARING = "dd if=/dev/zero of=/dev/null bs=4194304 count=80; grep -E -A1 ' [tT] clear_user_(original|rep_good|erms)$' /proc/kallsyms";

/** Most samples of that process lie in the function that fills, by the names that the guest itself gives. */
function expectClearing(printed: string, events: readonly TraceEvent[]): void {
  const list = [...printed.matchAll(/^[0-9a-f]{16} [a-zA-Z] \w+/gm)].join('\n');
  const profiles = new Map<bigint, EventReducer<Profile | null>>();
  for (const event of events) {
    if (event.kind !== 'profile') continue;
    const profile = profiles.get(event.context.space) ?? profileTree(readSymbolList('/proc/kallsyms', list), EVERY);
    profiles.set(event.context.space, profile);
    profile.take(event);
  }
  const shares = [...profiles.values()].map((profile) => {
    const { root } = profile.result() ?? { root: { total: 0, children: [] } };
    return root.children.filter(({ symbol }) => symbol.startsWith('clear_user_')).reduce((sum, { total }) => sum + total, 0) / root.total;
  });
expect(Math.max(...shares)).toBeGreaterThan(0.5);
}

it.skipIf(!isAble(PC))('what the plugin counts of a process of Linux is what strace counts inside the guest', { timeout: 400_000 }, async (context) => {
  const directory = scratch();
  const made = await makeSystem(PC, directory, context);
  // More than the shell writes when it echoes the line.
  const blocks = draw(600, 900);
  const typed = `strace -c -U calls,errors,name -o /tmp/counts dd if=/dev/zero of=/dev/null bs=1 count=${blocks}; cat /tmp/counts; ${CLEARING}`;
  const { printed, events } = await watchSession(PC, made, directory, { options: { events: ['call', 'return', 'fault', 'symbol', 'profile', 'instructions'], vectors: [0x80], profileEvery: EVERY, ...(await switchesOf(made, PC.machine, '__switch_to_asm', directory)) }, extra: LOGICAL, typed: `${SWITCHING}; ${typed}; grep ctxt /proc/stat` });
  expectClearing(printed, events);
  expectSwitches(printed, events, '__switch_to_asm');
  expect(events.filter(({ kind }) => kind === 'resume').length).toBeGreaterThan(0.95 * events.filter(({ kind }) => kind === 'fault').length);

  const counter = createCallCounter({ decoder: decoder('linux-x86_64') });
  for (const event of events) counter.take(event);
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

const TYPED = 'cat /proc/version; ls /none';
const CAPTURED_EVENTS = 600;

/** With PETRI_CAPTURE=1 the fixture of the unit tests is made again. */
async function capture({ kernel, from }: MadeSystem, events: readonly TraceEvent[]): Promise<void> {
  const qemu = await findQemu('arm');
  writeFixture('linux-arm', {
    decoder: 'linux-arm',
    source: `Debian 12 armhf, ${from} and busybox-static`,
    qemu: `${qemu.version} (${qemu.package ?? 'from its sources'})`,
    command: `qemu-system-arm -M virt -cpu cortex-a15 -m 256 -kernel vmlinuz -initrd initrd.gz -append console=ttyAMA0; typed: root, then echo begin; ${TYPED}; echo end, then poweroff -f`,
    kernelFile: kernel,
    part: `the last ${CAPTURED_EVENTS} calls and returns of the boot`,
    events: events.filter(({ kind }) => kind === 'call' || kind === 'return').slice(-CAPTURED_EVENTS),
  });
}

/** What a call never returns from; a signal's handler ends with one, too. */
const ENDLESS = ['sigreturn', 'execve', 'exit_group', 'reboot'];

it.skipIf(!isAble(ARM))('on ARM each call of Linux is one that the emulator logs, and returns', { timeout: 400_000 }, async (context) => {
  const directory = scratch();
  const made = await makeSystem(ARM, directory, context);
  const log = join(directory, 'log');
  const { events } = await watchSession(ARM, made, directory, { options: { events: ['call', 'return', 'fault', 'interrupt'] }, extra: logArguments(log), typed: TYPED });
  expect(exceptionsOfEvents(events)).toEqual(exceptionsOfLog(readFileSync(log, 'latin1')));

  const counter = createCallCounter({ decoder: decoder('linux-arm') });
  for (const event of events) counter.take(event);
  const table = counter.result();
  expect({ unnamed: table.unnamed, undecoded: counter.left.undecoded }).toEqual({ unnamed: 0, undecoded: 0 });
  // A shell's wait for its child is interrupted by the child's end, and returns all the same. What still waits at the end does not.
  const count = (name: string): number => table.rows.filter((row) => row.name === name).reduce((sum, row) => sum + row.count, 0);
  expect(count('sigreturn')).toBeGreaterThan(5);
  const open = table.rows.filter(({ name }) => !ENDLESS.includes(name)).reduce((sum, { unreturned }) => sum + unreturned, 0);
  expect(open).toBeLessThanOrEqual(8);
  if (process.env['PETRI_CAPTURE'] !== undefined) await capture(made, events);
});

it('reads strace’s table with and without errors', () => {
  expect(readCounts('    calls    errors syscall\r\n--------- --------- ----------------\r\n      102           read\r\n        2         1 open\r\n      104         1 total\r\n')).toEqual(new Map([['read', 102], ['open', 2]]));
});
