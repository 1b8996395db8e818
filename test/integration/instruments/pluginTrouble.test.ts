import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { DeclaredError } from '../../../electron/contract/errors.ts';
import { buildPlugin } from '../../../electron/host/instruments/plugin/buildPlugin.ts';
import { createPluginInstrument } from '../../../electron/host/instruments/plugin/plugin.ts';
import { pluginArguments } from '../../../electron/host/instruments/plugin/pluginArguments.ts';
import { preparePlugin } from '../../../electron/host/instruments/plugin/preparePlugin.ts';
import { probePlugin } from '../../../electron/host/instruments/plugin/probePlugin.ts';
import { followTraceFile } from '../../../electron/host/instruments/plugin/traceFile.ts';
import { findQemu } from '../../../electron/host/qemu/findQemu.ts';
import { drawNumbers } from '../../support/drawnNumbers.ts';
import { onlyCounts } from '../../support/guestCounts.ts';
import { readSymbols } from '../../support/guestSymbols.ts';
import { builtKernel, hasProgram } from '../../support/qemuGuest.ts';
import { scratch } from '../../support/scratch.ts';
import { canMount, smallDisk } from '../../support/smallDisk.ts';
import { bootWatched, builtFor, ofKind, pluginPlaces, readAll, SOURCES } from './pluginWorld.ts';

const draw = drawNumbers('trouble with the plugin');
const places = pluginPlaces();
const I386 = { architecture: 'i386' } as const;
const canWatch = hasProgram('qemu-system-i386') && hasProgram('cc');
const LOAD_BEGIN = readSymbols(readFileSync(builtKernel(I386))).get('load_begin') ?? NaN;
const EVENTS = ['call', 'return', 'instructions'] as const;

async function refusal(promise: Promise<unknown>): Promise<DeclaredError> {
  return promise.then(
    () => Promise.reject(new Error('nothing was refused')),
    (error: unknown) => error as DeclaredError,
  );
}

/** A search path with a program called cc that does what the script says. */
function standInCompiler(script: string): string {
  const directory = scratch();
  writeFileSync(join(directory, 'cc'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return directory;
}

/** The plugin's sources with one place of a file changed. */
function changedSources(file: string, from: string, to: string): string {
  const directory = join(scratch(), 'plugin');
  cpSync(SOURCES, directory, { recursive: true });
  const text = readFileSync(join(directory, file), 'utf8');
  expect(text).toContain(from);
  writeFileSync(join(directory, file), text.replace(from, to));
  return directory;
}

const guestOf = async () => ({ qemu: await findQemu('i386'), architecture: 'i386', accelerator: 'tcg', cpus: 1, system: 'builtin' }) as const;

test.skipIf(!canWatch)('a compiler that fails is quoted, nothing is left in the cache, and the instrument says that it is unavailable', async () => {
  const cacheDirectory = join(scratch(), 'cache');
  const broken = { ...places, cacheDirectory, searchPath: standInCompiler('echo "plugin.c:7: the type of this moon is unknown" >&2; exit 3') };
  const error = await refusal(preparePlugin(broken, await findQemu('i386')));
  expect(error.code).toBe('PLUGIN_BUILD_FAILED');
  expect(error.details).toMatchObject({ exitCode: 3, stderrTail: expect.stringContaining('the type of this moon is unknown') as string });
  expect(readdirSync(cacheDirectory)).toEqual([]);
  const probed = await createPluginInstrument(broken).probe(await guestOf());
  expect(probed).toMatchObject({ available: false, reason: expect.stringContaining('could not be built') as string });
});

test.skipIf(!canWatch)('sources that do not compile fail with the compiler’s own words', async () => {
  const sourceDirectory = changedSources('profile.c', 'uint64_t instructions =', 'moon instructions =');
  const error = await refusal(preparePlugin({ ...places, sourceDirectory }, await findQemu('i386')));
  expect(error).toMatchObject({ code: 'PLUGIN_BUILD_FAILED', details: { stderrTail: expect.stringContaining('moon') as string } });
});

test.skipIf(!canWatch)('without a compiler the instrument is unavailable and says so', async () => {
  const probed = await createPluginInstrument({ ...places, searchPath: scratch() }).probe(await guestOf());
  expect(probed).toMatchObject({ available: false, reason: expect.stringContaining('no C compiler') as string, metrics: [] });
});

test.skipIf(!canWatch)('a plugin that crashes QEMU is refused with how QEMU ended', async () => {
  const sourceDirectory = changedSources('plugin.c', '	plugin = id;\n', '	plugin = id;\n	__builtin_trap();\n');
  const error = await refusal(preparePlugin({ ...places, sourceDirectory }, await findQemu('i386')));
  expect(error).toMatchObject({ code: 'PLUGIN_REFUSED', details: { reason: expect.stringMatching(/ended by SIG(ILL|TRAP)/) as string } });
});

test.skipIf(!canWatch)('a plugin of another level is refused by QEMU, and its own level is built instead', async () => {
  const qemu = await findQemu('i386');
  const sourceDirectory = changedSources('plugin.c', 'int qemu_plugin_version = PETRI_LEVEL;', 'int qemu_plugin_version = 4;');
  const error = await refusal(preparePlugin({ ...places, sourceDirectory }, qemu));
  expect(error).toMatchObject({ code: 'PLUGIN_REFUSED', details: { reason: expect.stringMatching(/API version 4/) as string } });
  // The version promises level 5, QEMU says that it has level 1.
  const { abilities } = await preparePlugin(places, { ...qemu, version: '10.2.0' });
  expect(abilities.level).toBe(1);
});

test.skipIf(!hasProgram('cc')).each([2, 3, 4, 5, 6])('level %d, which no QEMU here has, is built without a warning', async (level) => {
  const path = await buildPlugin({ ...places, compiler: 'cc', qemuId: 'none', level });
  expect(existsSync(path)).toBe(true);
  const { stderr, status } = spawnSync('cc', ['-std=gnu11', '-O2', '-Wall', '-Wextra', '-Werror', '-fsyntax-only', `-DPETRI_LEVEL=${level}`, ...readdirSync(SOURCES).filter((name) => name.endsWith('.c'))], { cwd: SOURCES, encoding: 'utf8' });
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
});

test.skipIf(!canWatch)('two labs that build the same plugin at once get the same whole file', async () => {
  const cacheDirectory = join(scratch(), 'cache');
  const build = () => buildPlugin({ ...places, cacheDirectory, compiler: 'cc', qemuId: 'both', level: 1 });
  const [first, second] = await Promise.all([build(), build()]);
  expect(second).toBe(first);
  expect(readdirSync(cacheDirectory)).toHaveLength(1);
  const before = statSync(first).mtimeMs;
  expect(statSync(await build()).mtimeMs).toBe(before);
  expect(await probePlugin((await findQemu('i386')).program, first)).toMatchObject({ level: 1, registers: true, decodes: true });
});

test.skipIf(!canWatch)('at its cap the trace is cut, counting goes on, and all that was written is whole', async () => {
  const limitBytes = draw(40_000, 80_000);
  const guest = await bootWatched(await builtFor(places, I386), I386, { events: EVENTS, limitBytes });
  const before = await guest.control.totals();
  const amount = draw(2000, 3000);
  onlyCounts(await guest.run(`calls ${amount}`));
  const after = await guest.control.totals();
  expect(after.calls - before.calls).toBeGreaterThanOrEqual(amount);
  expect(after).toMatchObject({ cut: { errno: 0 } });
  const { events, decoder } = await guest.finish();
  expect(events.at(-1)).toMatchObject({ kind: 'cut', limitBytes });
  expect(events.at(-1)).not.toHaveProperty('errno');
  expect(statSync(guest.trace).size).toBeLessThanOrEqual(limitBytes);
  const totals = decoder.totals();
  expect(decoder.isWhole()).toBe(true);
  expect(totals?.calls).toBeGreaterThanOrEqual(after.calls);
  expect(ofKind(events, 'call').length + ofKind(events, 'return').length + (totals?.dropped ?? 0)).toBeGreaterThanOrEqual((totals?.calls ?? 0) + (totals?.returns ?? 0));
});

test.skipIf(!canWatch || !canMount)('a full disk cuts the trace too, and says the system’s error', async () => {
  const out = join(smallDisk(128), 'trace');
  const guest = await bootWatched(await builtFor(places, I386), I386, { events: EVENTS, out });
  await guest.run('calls 3000');
  expect(await guest.control.totals()).toMatchObject({ cut: { errno: 28, text: 'No space left on device' } });
  await guest.finish().catch(() => undefined); // The trace is elsewhere.
  const { events, decoder } = await readAll(out);
  expect(events.at(-1)).toMatchObject({ kind: 'cut', errno: 28 });
  expect(decoder.isWhole()).toBe(true);
  expect(decoder.totals()?.dropped).toBeGreaterThan(1000);
  expect(ofKind(events, 'call').length).toBeGreaterThan(100);
});

test.skipIf(!canWatch)('options that mean nothing and places that cannot be written are refused before the guest runs', async () => {
  const plugin = await builtFor(places, I386);
  const start = (...words: string[]) => spawnSync('qemu-system-i386', ['-machine', 'none', '-display', 'none', '-plugin', [`file=${plugin}`, ...words].join(',')], { encoding: 'utf8' });
  const out = `out=${join(scratch(), 'trace')}`;
  expect(start(out, 'events=call+moon').stderr).toContain('cannot use events=call+moon');
  expect(start(out, 'moon=full').stderr).toContain('cannot use moon=full');
  expect(start(out, 'l1d=63x8x64').stderr).toContain('cannot use l1d=63x8x64');
  expect(start(`out=${scratch()}/none/trace`).stderr).toContain('cannot write');
  const [, option = ''] = pluginArguments('/a,b.so', { out: '/x,y', events: [] });
  expect(option).toBe('file=/a,,b.so,out=/x,,y,events=');
});

test.skipIf(!canWatch)('events can be read while they come, and a symbol can be added to a guest that runs', async () => {
  const guest = await bootWatched(await builtFor(places, I386), I386, { events: ['call', 'symbol', 'instructions'], window: 'closed' });
  const over = Promise.withResolvers<undefined>();
  const following = followTraceFile(guest.trace, over.promise);
  const amount = draw(50, 90);
  await guest.run(`calls ${amount}`); // Everything is translated, and nothing is written.
  await guest.control.addSymbol({ address: BigInt(LOAD_BEGIN), name: 'load_begin', mode: 'every' });
  await guest.run('counts'); // What is translated is thrown away when the guest runs next.
  await guest.control.begin();
  const first = following.next();
  await guest.run(`calls ${amount}`);
  expect((await first).value).toMatchObject({ kind: 'call' });
  await guest.control.stop();
  over.resolve(undefined);
  const kinds: string[] = [];
  for await (const event of following) kinds.push(event.kind);
  expect(kinds.filter((kind) => kind === 'call').length).toBeGreaterThanOrEqual(amount);
  expect(kinds.filter((kind) => kind === 'symbol')).toHaveLength(1);
  await guest.finish();
});

test.skipIf(!canWatch)('a QEMU that is killed leaves a trace without its end, and what was written is read', async () => {
  const guest = await bootWatched(await builtFor(places, I386), I386, { events: EVENTS });
  await guest.run(`calls ${draw(100, 200)}`);
  await guest.control.totals();
  await guest.kill();
  const { events, decoder } = await readAll(guest.trace);
  expect(ofKind(events, 'call').length).toBeGreaterThanOrEqual(100);
  expect(decoder.isWhole()).toBe(false);
  await expect(guest.control.totals()).rejects.toMatchObject({ code: 'PLUGIN_CONTROL_FAILED' });
});

test.skipIf(!canWatch)('a damaged trace is read up to its damage', async () => {
  const guest = await bootWatched(await builtFor(places, I386), I386, { events: EVENTS });
  const { events } = await guest.finish();
  const bytes = readFileSync(guest.trace);
  bytes[64 + 24 * 5] = 200;
  const path = join(scratch(), 'damaged');
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, bytes);
  expect(events.length).toBeGreaterThan(10);
  expect(await refusal(readAll(path))).toMatchObject({ code: 'TRACE_DAMAGED' });
});
