import { mkdtempSync, rmSync } from 'node:fs';
import { readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { createTraceDecoder, type TraceDecoder } from '../../../electron/core/traces/traceDecoder.ts';
import type { TraceEvent } from '../../../electron/core/traces/traceEvent.ts';
import { findQemu } from '../../../electron/host/qemu/findQemu.ts';
import { pluginArguments, type PluginOptions } from '../../../electron/host/instruments/plugin/pluginArguments.ts';
import { openPluginControl, type PluginControl } from '../../../electron/host/instruments/plugin/pluginControl.ts';
import { preparePlugin, type PluginPlaces } from '../../../electron/host/instruments/plugin/preparePlugin.ts';
import { readTraceFile } from '../../../electron/host/instruments/plugin/traceFile.ts';
import { readSymbols } from '../../support/guestSymbols.ts';
import { bootGuest, builtKernel, type GuestMachine, type GuestOptions, type RunningGuest } from '../../support/qemuGuest.ts';
import { scratch } from '../../support/scratch.ts';

export const SOURCES = join(import.meta.dirname, '../../../resources/plugin');

/** One cache for all tests of a file, so that the compiler runs once for each QEMU. */
export function pluginPlaces(): PluginPlaces {
  const cacheDirectory = mkdtempSync(join(tmpdir(), 'petri-plugin-'));
  afterAll(() => rmSync(cacheDirectory, { recursive: true, force: true }));
  return { sourceDirectory: SOURCES, cacheDirectory };
}

export async function builtFor(places: PluginPlaces, { architecture }: GuestMachine): Promise<string> {
  return (await preparePlugin(places, await findQemu(architecture))).path;
}

export interface WatchedGuest extends RunningGuest {
  readonly control: PluginControl;
  readonly trace: string;
  /** Switches the guest off and reads its whole trace. */
  finish(): Promise<{ readonly events: TraceEvent[]; readonly decoder: TraceDecoder }>;
}

/** How programs of the built-in guest call their kernel. */
export const CONVENTION = { vectors: [0x20, 0x21, 0x22, 0x23], messages: 'minix' } as const;

type Mode = 'first' | 'every' | 'begin' | 'stop';

/** Boots the built-in guest with the plugin in QEMU. */
export async function bootWatched(
  plugin: string,
  machine: GuestMachine & Pick<GuestOptions, 'kernel' | 'append' | 'extra'>,
  options: Partial<PluginOptions> & Pick<PluginOptions, 'events'>,
  symbols: Readonly<Record<string, Mode>> = {},
): Promise<WatchedGuest> {
  const directory = scratch();
  const [trace, socket, symbolFile] = [join(directory, 'trace'), join(directory, 'watch'), join(directory, 'symbols')];
  const addresses = readSymbols(readFileSync(machine.kernel ?? builtKernel(machine)));
  writeFileSync(symbolFile, Object.entries(symbols).map(([name, mode]) => `${(addresses.get(name) ?? NaN).toString(16)} ${name} ${mode}\n`).join(''));
  const given = pluginArguments(plugin, { out: trace, control: socket, symbols: symbolFile, ...CONVENTION, ...options });
  const guest = await bootGuest({ ...machine, extra: [...given, ...(machine.extra ?? [])] });
  const control = await openPluginControl(socket);
  return {
    ...guest,
    control,
    trace,
    async finish() {
      control.close();
      guest.send('halt\r');
      await guest.exit;
      return readAll(trace);
    },
  };
}

export async function readAll(trace: string): Promise<{ events: TraceEvent[]; decoder: TraceDecoder }> {
  const decoder = createTraceDecoder();
  const events: TraceEvent[] = [];
  for await (const event of readTraceFile(trace, decoder)) events.push(event);
  return { events, decoder };
}

/** The events of one kind. */
export function ofKind<Kind extends TraceEvent['kind']>(events: readonly TraceEvent[], kind: Kind): Extract<TraceEvent, { kind: Kind }>[] {
  return events.filter((event): event is Extract<TraceEvent, { kind: Kind }> => event.kind === kind);
}
