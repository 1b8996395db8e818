import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DeclaredError } from '../../../contract/errors.ts';
import type { ArmedEvents, BootToWatch, EventInstrument, GuestToWatch } from '../../../core/instruments/eventInstrument.ts';
import { WORKING_SET_STEP } from '../../../core/memory/workingSet.ts';
import { createTraceDecoder } from '../../../core/traces/traceDecoder.ts';
import type { CutEvent, TraceEvent, TraceTotals } from '../../../core/traces/traceEvent.ts';
import { callConvention, eventsFor, pluginArguments } from './pluginArguments.ts';
import { openPluginControl, type PluginControl } from './pluginControl.ts';
import { pluginOutlook } from './pluginOutlook.ts';
import { preparePlugin, type PluginPlaces, type PreparedPlugin } from './preparePlugin.ts';
import { readTraceFile } from './traceFile.ts';

/** Why a guest cannot be watched by the plugin at all; null when nothing speaks against it. */
function obstacle({ accelerator, architecture, cpus }: GuestToWatch): string | null {
  if (process.platform === 'win32') return 'the plugin needs Unix sockets and threads, which this system has not';
  if (accelerator !== 'tcg') return `QEMU translates nothing under ${accelerator}, so there is nothing to watch: choose TCG`;
  if (architecture === 'aarch64') return 'calls, faults and spaces of 64-bit ARM are not decoded';
  return cpus > 64 ? 'more than 64 virtual CPUs' : null;
}

const NOTHING = { instructions: null, calls: 0, faults: 0, spaceLoads: 0, interrupts: 0, dropped: 0 } as const satisfies TraceTotals;

/** What was counted between two readings. */
function between(first: TraceTotals, last: TraceTotals): TraceTotals {
  return {
    instructions: last.instructions === null ? null : last.instructions - (first.instructions ?? 0),
    calls: last.calls - first.calls,
    faults: last.faults - first.faults,
    spaceLoads: last.spaceLoads - first.spaceLoads,
    interrupts: last.interrupts - first.interrupts,
    dropped: last.dropped - first.dropped,
  };
}

/** The totals that a QEMU which is gone has written last; null when it wrote none. Where the trace is damaged, `events` says so. */
async function lastTotals(path: string): Promise<TraceTotals | null> {
  const decoder = createTraceDecoder();
  try {
    const events = readTraceFile(path, decoder);
    while ((await events.next()).done !== true);
  } catch (error) {
    if (!(error instanceof DeclaredError && error.failure.code === 'TRACE_DAMAGED')) throw error;
  }
  return decoder.totals();
}

function cutInWords({ limitBytes, errno }: CutEvent): string {
  return errno === undefined ? `its limit of ${limitBytes} bytes` : `the disk took no more (error ${errno}) after ${limitBytes} bytes`;
}

/**
 * Our own plugin for QEMU's translator. It is built once for each QEMU with the host's compiler and loaded once without a guest before it
 * is offered. `places` says where its source is and where built plugins are kept.
 */
export function createPluginInstrument(places: PluginPlaces): EventInstrument {
  const prepared = new Map<string, Promise<PreparedPlugin>>();
  const prepare = (guest: GuestToWatch): Promise<PreparedPlugin> => {
    const known = prepared.get(guest.qemu.id) ?? preparePlugin(places, guest.qemu);
    prepared.set(guest.qemu.id, known);
    // A failure is tried again: a compiler may have been installed meanwhile.
    known.catch(() => prepared.delete(guest.qemu.id));
    return known;
  };
  return {
    name: 'plugin',
    title: 'Petri’s plugin for QEMU’s translator',
    async probe(guest) {
      const reason = obstacle(guest);
      if (reason !== null) return { available: false, reason, metrics: [] };
      try {
        const { abilities } = await prepare(guest);
        return { available: true, reason: `built for level ${abilities.level} of QEMU’s plugin interface`, metrics: pluginOutlook(abilities) };
      } catch (error) {
        if (!(error instanceof DeclaredError)) throw error;
        const words = error.failure.code === 'INSTRUMENT_UNAVAILABLE' ? error.failure.details.reason : error.message;
        return { available: false, reason: words, metrics: [], failure: error.failure };
      }
    },
    async arm(boot) {
      const reason = obstacle(boot);
      if (reason !== null) throw new DeclaredError('INSTRUMENT_UNAVAILABLE', { instrument: 'plugin', reason });
      return armPlugin(boot, await prepare(boot));
    },
  };
}

async function writeSymbols(path: string, symbols: BootToWatch['symbols']): Promise<void> {
  await writeFile(path, symbols.map(({ name, address, every }) => `${address.toString(16)} ${name} ${every ? 'every' : 'first'}\n`).join(''), { mode: 0o600 });
}

async function armPlugin(boot: BootToWatch, { path }: PreparedPlugin): Promise<ArmedEvents> {
  const { plan, directory, tracePath, symbols, faultHandler, modelData, kernelBegin } = boot;
  const control = join(directory, 'watch');
  const symbolFile = join(directory, 'symbols');
  const { vectors, messages } = callConvention(boot.system);
  let [line, begun] = [null as PluginControl | null, NOTHING as TraceTotals];
  let [events, cut] = [0, null as string | null];
  let spawnNs: bigint | null = null;
  if (symbols.length > 0) await writeSymbols(symbolFile, symbols);
  return {
    arguments: pluginArguments(path, {
      out: tracePath,
      control,
      events: eventsFor(plan, symbols.length > 0),
      limitBytes: plan.traceLimitBytes,
      window: 'closed',
      vectors,
      ...(messages && { messages }),
      ...(symbols.length > 0 && { symbols: symbolFile }),
      ...(plan.logicalTime && { exact: true }),
      ...(plan.profileEvery !== null && { profileEvery: plan.profileEvery }),
      ...(plan.model !== null && { model: plan.model, modelStep: WORKING_SET_STEP }),
      ...(modelData !== undefined && { modelData }),
      ...(faultHandler !== null && { faultHandler }),
      ...(kernelBegin !== undefined && { kernel: kernelBegin }),
    }),
    async connect(machine) {
      spawnNs = machine.spawnedAt?.monotonicNs ?? null;
      line = await openPluginControl(control);
    },
    async begin() {
      begun = (await line?.begin()) ?? NOTHING;
    },
    begunAt: () => begun.instructions,
    async end() {
      const answered = await line?.stop().catch(whenGone);
      line?.close();
      // A QEMU that ended by itself wrote its totals last; one that was killed left those of the last time.
      return between(begun, answered ?? (await lastTotals(tracePath)) ?? begun);
    },
    async *events() {
      [events, cut] = [0, null];
      for await (const event of sinceSpawn(tracePath, spawnNs)) {
        events += 1;
        if (event.kind === 'cut') cut = cutInWords(event);
        yield event;
      }
    },
    evidence: () => ({ path: tracePath, format: 'petri-trace', events, cut }),
    dispose() {
      line?.close();
      return Promise.resolve();
    },
  };
}

function whenGone(error: unknown): null {
  if (error instanceof DeclaredError && error.failure.code === 'PLUGIN_CONTROL_FAILED') return null;
  throw error;
}

/** The plugin counts from its load, the lab from the spawn. */
async function* sinceSpawn(path: string, spawnNs: bigint | null): AsyncGenerator<TraceEvent> {
  if ((await stat(path)).size === 0) return;
  const decoder = createTraceDecoder();
  for await (const event of readTraceFile(path, decoder)) {
    const loadedNs = spawnNs === null ? 0 : Number((decoder.header()?.monotonicNs ?? spawnNs) - spawnNs);
    yield { ...event, atNs: event.atNs + loadedNs };
  }
}
