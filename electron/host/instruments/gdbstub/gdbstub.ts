import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import semver from 'semver';
import type { QemuBuild } from '../../../contract/accelerators.ts';
import { DeclaredError } from '../../../contract/errors.ts';
import type { Machine } from '../../../core/guests/machine.ts';
import type { ArmedEvents, BootToWatch, EventInstrument } from '../../../core/instruments/eventInstrument.ts';
import { canDebug, type DebuggedArchitecture } from '../../../core/instruments/gdbPackets.ts';
import type { SymbolEvent } from '../../../core/traces/traceEvent.ts';
import type { ProbeMessage } from './probeMessages.ts';
import { startProbeProcess, type ProbeProcess } from './probeProcess.ts';

/** Every stop costs the guest some tenths of a millisecond; more symbols would show the stops and not the boot. */
export const MOST_PROBES = 50;
/** A hypervisor has the debug registers of the CPU, of which x86 has four. */
const MOST_IN_HARDWARE = 4;
/** A symbol that is wanted at each hit is let alone after so many. */
const MOST_HITS = 200;
/** The facts of one machine; each boot measures its own. */
const USUAL_STOP_NS = 500_000;

/**
 * QEMU's own debugger port: the guest is stopped at each symbol, stamped and let go. It works where no plugin can be loaded, and costs the
 * guest a stop for each symbol.
 */
export const gdbstub: EventInstrument = {
  name: 'gdbstub',
  title: 'QEMU’s debugger port',
  probe({ architecture, accelerator }) {
    const isHere = canDebug(architecture) && process.platform !== 'win32';
    const how = accelerator === 'tcg' ? 'every QEMU has a debugger port' : 'the debug registers of the CPU take four symbols';
    const reason = isHere ? how : `no program counter of ${architecture} is known, or this system has no Unix sockets`;
    return Promise.resolve({ available: isHere, reason, metrics: [] });
  },
  arm: (boot) => {
    const limit = boot.accelerator === 'tcg' ? MOST_PROBES : MOST_IN_HARDWARE;
    const wanted = new Set(boot.symbols.map(({ address }) => address)).size;
    if (wanted > limit) return Promise.reject(new DeclaredError('PROBES_TOO_MANY', { wanted, limit }));
    const { architecture } = boot;
    if (canDebug(architecture)) return Promise.resolve(armProbes(boot, architecture));
    return Promise.reject(new DeclaredError('INSTRUMENT_UNAVAILABLE', { instrument: 'gdbstub', reason: `no program counter of ${String(architecture)} is known` }));
  },
};

/** What the stamps of one boot are worth. */
export interface ArmedProbes extends ArmedEvents {
  /** Of one stop, measured in this boot before the guest's first own instruction. */
  resolutionNs(): number;
  /** The process that holds the port, for tests that end it. */
  holder(): number | null;
}

function armProbes({ directory, symbols, accelerator, tracePath, plan, qemu }: BootToWatch, architecture: DebuggedArchitecture): ArmedProbes {
  const socket = join(directory, 'debugger');
  const events: SymbolEvent[] = [];
  let [zeroNs, resolutionNs, failure, rebooted] = [0n, USUAL_STOP_NS, null as string | null, false];
  let holder: ProbeProcess | null = null;
  let machine: Machine | null = null;
  let stopListening = (): void => undefined;
  const heard = (message: ProbeMessage): void => {
    if (message.kind === 'begun') resolutionNs = message.stopNs;
    if (message.kind === 'failed') failure = `${message.action}: ${message.reason}`;
    // What is hit after a reboot belongs to another boot.
    if (message.kind !== 'hit' || rebooted) return;
    events.push({ kind: 'symbol', symbol: message.symbol, vcpu: message.vcpu, atNs: Number(BigInt(message.atNs) - zeroNs), instructions: null, hits: message.hits });
  };
  const start = (probes: BootToWatch['symbols'], onMessage: (message: ProbeMessage) => void): ProbeProcess =>
    startProbeProcess(
      {
        socket,
        architecture,
        kind: accelerator === 'tcg' ? 0 : 1,
        probes: probes.map(({ name, address, every }) => ({ name, address: String(address), hits: every ? MOST_HITS : 1 })),
        toldOnlyAfterContinue: tellsOnlyAfterContinue(qemu),
      },
      onMessage,
    );
  /** The process that held the port died: another one lets the guest go. */
  const letGo = async (): Promise<void> => {
    const helper = start([], () => undefined);
    helper.tell('free');
    await helper.gone;
  };

  return {
    arguments: ['-chardev', `socket,id=debugger,path=${socket.replaceAll(',', ',,')},server=on,wait=off`, '-gdb', 'chardev:debugger'],
    async connect(to) {
      machine = to;
      zeroNs = to.spawnedAt?.monotonicNs ?? process.hrtime.bigint();
      holder = start(symbols, heard);
      await holder.until('ready');
    },
    async begin() {
      if (holder === null || machine === null || symbols.length === 0) return;
      stopListening = machine.qmp.onEvent(({ name, data }) => {
        if (name === 'RESET' || (name === 'SHUTDOWN' && data['reason'] === 'guest-reset')) rebooted = true;
        if (name === 'RESUME' && plan.window.from === 'spawn') holder?.tell('resumed');
      });
      holder.tell(plan.window.from === 'spawn' ? 'held' : 'running');
      await holder.until('begun');
    },
    async end() {
      const isWhole = holder === null ? true : await endOf(holder);
      stopListening();
      if (!isWhole) await letGo();
      await writeFile(tracePath, events.map((event) => `${JSON.stringify(event)}\n`).join(''), { mode: 0o600 });
      if (rebooted) throw new DeclaredError('GUEST_REBOOTED', { seen: events.map(({ symbol }) => symbol) });
      return { instructions: null, calls: 0, faults: 0, spaceLoads: 0, interrupts: 0, dropped: 0 };
    },
    events: () => events,
    evidence: () => ({ path: tracePath, format: 'debugger-stops', events: events.length, cut: failure }),
    async dispose() {
      stopListening();
      if (holder !== null && !(await endOf(holder))) await letGo();
    },
    resolutionNs: () => resolutionNs,
    holder: () => holder?.pid ?? null,
  };
}

/** False when the process ended without a word: then the probes are still in the guest. */
async function endOf(holder: ProbeProcess): Promise<boolean> {
  holder.tell('end');
  await holder.gone;
  return holder.heard('released');
}

function tellsOnlyAfterContinue({ version }: QemuBuild): boolean {
  const number = semver.coerce(version);
  return number !== null && semver.gte(number, '8.1.0');
}
