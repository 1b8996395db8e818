import { basename, join } from 'node:path';
import { loadCallNames, type CallNames } from '../../../electron/core/calls/callNames.ts';
import { decoderOf } from '../../../electron/core/calls/decoders.ts';
import type { CallDecoder } from '../../../electron/core/calls/decodedCall.ts';
import { listResources, readResource } from '../../../electron/host/storage/resources.ts';
import type { CallEntry, CallEvent, ReturnEvent } from '../../../electron/core/traces/traceEvent.ts';

export const CALLS = join(import.meta.dirname, '../../../resources/calls');

/** All names that Petri ships. */
export const names: readonly CallNames[] = listResources(CALLS, '.yaml')
  .filter((file) => basename(file) !== 'common.yaml')
  .map((file) => loadCallNames(basename(file), readResource(file).data));

export function decoder(id: string): CallDecoder {
  const found = decoderOf(id, names);
  if (found === null) throw new Error(`no decoder ${id}`);
  return found;
}

/** A message of MINIX: sender and type. */
export function minixMessage(type: number, source = 0): Uint8Array {
  const bytes = new Uint8Array(32);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, source, true);
  view.setInt32(4, type, true);
  return bytes;
}

interface Given {
  readonly atNs?: number;
  readonly instructions?: number | null;
  readonly space?: bigint;
  readonly thread?: bigint;
  readonly message?: Uint8Array | null;
}

const at = ({ atNs = 0, instructions = null, space = 0x1000n, thread = 0n, message = null }: Given) => ({ vcpu: 0, atNs, instructions, context: { space, thread }, message });

export function call(entry: CallEntry, registers: Readonly<Record<string, number | bigint>>, given: Given = {}): CallEvent {
  return { kind: 'call', entry, registers: Object.fromEntries(Object.entries(registers).map(([name, value]) => [name, BigInt.asUintN(64, BigInt(value))])), ...at(given) };
}

export function back(result: number | bigint, given: Given = {}): ReturnEvent {
  return { kind: 'return', result: BigInt.asUintN(64, BigInt(result)), ...at(given) };
}
