import { DeclaredError } from '../../../contract/errors.ts';
import { readProgramCounter, type DebuggedArchitecture } from '../../../core/instruments/gdbPackets.ts';
import type { DebuggerLine } from './debuggerLine.ts';

export interface Probe {
  readonly name: string;
  readonly address: bigint;
  /** After so many hits it is taken out, and the guest passes at full speed. */
  readonly hits: number;
}

export interface Hit {
  readonly symbol: string;
  readonly vcpu: number;
  /** By the monotonic clock. */
  readonly atNs: bigint;
  readonly hits: number;
}

export interface Probing {
  readonly architecture: DebuggedArchitecture;
  /** 0: in the code; 1: in the debug registers of the CPU, which a hypervisor needs before the kernel is in memory. */
  readonly kind: 0 | 1;
  readonly probes: readonly Probe[];
  readonly onHit: (hit: Hit) => void;
}

/** Round trips with which the cost of a stop is measured. */
const ROUNDS = 10;
/** An instruction takes microseconds. A CPU that waits for an interrupt (HLT) makes none, and is stopped from here. */
const STEP_LIMIT_MS = 100;

/** Lets one CPU make one instruction, without timers and interrupts. */
async function step(line: DebuggerLine, vcpu: number): Promise<boolean> {
  const timer = setTimeout(() => line.interrupt(), STEP_LIMIT_MS);
  try {
    await line.tell(`vCont;s:${(vcpu + 1).toString(16)}`);
    return (await line.nextStop()) !== null;
  } finally {
    clearTimeout(timer);
  }
}

/**
 * What stands between an instruction and its stamp, in nanoseconds: the ninth of ten round trips. A guest that was held makes one instruction
 * in each; one that ran before is let go and interrupted, since it may be waiting and make none.
 */
export async function measureStops(line: DebuggerLine, held: boolean): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const began = process.hrtime.bigint();
    if (held) await step(line, 0);
    else {
      await line.tell('c');
      line.interrupt();
      await line.nextStop();
    }
    times.push(Number(process.hrtime.bigint() - began));
  }
  times.sort((one, other) => one - other);
  return times.at(-2) ?? 0;
}

/** Breakpoints in a guest that stands, which note when they are reached and let the guest go on. */
export async function placeProbes(line: DebuggerLine, { architecture, kind, probes, onHit }: Probing) {
  const places = new Map<bigint, { names: string[]; left: number; hits: number }>();
  for (const { name, address, hits } of probes) {
    const place = places.get(address);
    if (place === undefined) places.set(address, { names: [name], left: hits, hits: 0 });
    else places.set(address, { names: [...place.names, name], left: Math.max(place.left, hits), hits: 0 });
  }
  const set = (letter: 'Z' | 'z', address: bigint): Promise<string> => line.ask(`${letter}${kind},${address.toString(16)},${architecture === 'arm' || architecture === 'aarch64' ? 4 : 1}`);
  for (const [address, { names }] of places) {
    const answer = await set('Z', address);
    if (answer !== 'OK') throw new DeclaredError('DEBUGGER_FAILED', { action: `breakpoint at ${names.join(', ')}`, reason: answer === '' ? 'this QEMU has none of this kind' : `QEMU answered ${answer}` });
  }
  const standsAt = async (): Promise<bigint | null> => readProgramCounter(architecture, await line.ask('g'));

  /** Over a breakpoint that stays: taken out for one instruction, which only this CPU makes. */
  const stepOver = async (address: bigint, vcpu: number): Promise<void> => {
    if (await step(line, vcpu)) await set('Z', address);
  };
  const take = async (vcpu: number, atNs: bigint): Promise<void> => {
    const address = await standsAt();
    const place = address === null ? undefined : places.get(address);
    if (address === null || place === undefined) return; // Somebody else stopped it.
    place.hits++;
    for (const symbol of place.names) onHit({ symbol, vcpu, atNs, hits: place.hits });
    await set('z', address);
    if (place.hits < place.left) await stepOver(address, vcpu);
    else places.delete(address);
  };

  return {
    take,
    /** How many addresses may still be reached. */
    left: () => places.size,
  };
}
export type PlacedProbes = Awaited<ReturnType<typeof placeProbes>>;

/** Takes everything out and lets the guest, which stands, go on. A QEMU that is gone is no error. */
export async function letGo(line: DebuggerLine): Promise<void> {
  try {
    await line.ask('D');
  } catch (error) {
    if (!(error instanceof DeclaredError)) throw error;
  } finally {
    line.close();
    await line.closed;
  }
}

export const SIGNAL_TRAP = 5;
