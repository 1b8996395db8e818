import type { CallRow, CallTable } from '../../contract/metrics.ts';
import type { EventReducer } from '../traces/eventReducer.ts';
import type { CallEvent, Context, TraceEvent } from '../traces/traceEvent.ts';
import type { Verification } from './callNames.ts';
import { wholeTrace, windowAt, type CallWindow, type WindowState } from './callWindow.ts';
import { entryText, type CallDecoder, type DecodedCall } from './decodedCall.ts';
import { createLatency, distributionOf, type Latency } from './latency.ts';
import { createCallPairing, type EndedCall } from './pairCalls.ts';
import { createRoundTrips } from './roundTrips.ts';

export interface CallCounting {
  readonly decoder: CallDecoder;
  readonly window?: CallWindow;
  /** The name of the process that runs in a context, where the guest tells it. */
  readonly processName?: (context: Context) => string | null;
}

export interface CallCounter extends EventReducer<CallTable> {
  take(event: TraceEvent): void;
  /** The guest was reset: what was open never returns, and what is next belongs to another boot. A trace whose time goes back says the same. */
  rebooted(): void;
  /** The table so far; what is open counts as not returned. */
  result(): CallTable;
  /** Calls that no decoder knows, and returns without a call: seen, and in no row. */
  readonly left: { readonly undecoded: number; readonly returnsWithoutCall: number; readonly reboots: number };
}

/** What one process did of one call. */
interface Counted {
  readonly process: string;
  readonly decoded: DecodedCall;
  readonly latency: Latency;
  count: number;
  errors: number;
  /** Returns whose convention tells whether they are errors. */
  judged: number;
  returned: number;
}

/** Two vCPUs may write their events out of order by as much; a reboot starts the clock again. */
const ORDER_TOLERANCE_NS = 50_000_000;

/**
 * Counts and times the calls of a trace, event by event, so that a trace of any length needs no more memory than its
 * table. It is one object that changes, because a new state for each of ten million events would cost more than the counting.
 */
export function createCallCounter({ decoder, window = wholeTrace, processName = () => null }: CallCounting): CallCounter {
  const rows = new Map<string, Counted>();
  const entries = new Map<string, number>();
  const roundTripLatency = createLatency();
  const roundTrips = createRoundTrips();
  const pairing = createCallPairing();
  const left = { undecoded: 0, returnsWithoutCall: 0, reboots: 0 };
  let [state, lastNs]: [WindowState, number] = ['before', 0];

  const rowOf = (call: CallEvent, decoded: DecodedCall): Counted => {
    const process = processName(call.context) ?? spaceName(call.context.space, pairing.generationOf(call.context.space));
    const key = [process, decoded.system, decoded.class, callLabel(decoded)].join('\0');
    const row = rows.get(key) ?? { process, decoded, latency: createLatency(), count: 0, errors: 0, judged: 0, returned: 0 };
    rows.set(key, row);
    return row;
  };
  const begin = (call: CallEvent): void => {
    const decoded = decoder.decode(call);
    if (decoded === null) {
      left.undecoded += 1;
      return;
    }
    pairing.begin(call, decoded);
    rowOf(call, decoded).count += 1;
    entries.set(entryText(call.entry), (entries.get(entryText(call.entry)) ?? 0) + 1);
  };
  const finish = (ended: EndedCall | null): void => {
    if (ended?.returned == null) {
      left.returnsWithoutCall += 1;
      return;
    }
    const row = rowOf(ended.call, ended.decoded);
    const { error } = decoder.outcome(ended.decoded, ended.returned);
    row.returned += 1;
    row.latency.record(ended.call, ended.returned);
    if (error !== null) row.judged += 1;
    if (error === true) row.errors += 1;
    const trip = roundTrips.add(ended);
    if (trip !== null) roundTripLatency.record(trip.from, trip.to);
  };

  const rebooted = (): void => {
    pairing.abandon();
    left.reboots += 1;
    lastNs = 0;
  };

  return {
    take(event) {
      if (event.atNs < lastNs - ORDER_TOLERANCE_NS) rebooted();
      lastNs = Math.max(lastNs, event.atNs);
      state = windowAt(state, window, event);
      if (state !== 'inside') return;
      if (event.kind === 'call') begin(event);
      else if (event.kind === 'return') finish(pairing.end(event));
    },
    rebooted,
    result: () => tableOf(decoder, [...rows.values()], entries, roundTripLatency),
    left,
  };
}

function spaceName(space: bigint, generation: number): string {
  return `space 0x${space.toString(16)}${generation === 1 ? '' : ` (${generation})`}`;
}

/** What a row is called: an operation whose message nobody read is told apart by whom it is for. */
export function callLabel({ name, class: group, target, exchange }: DecodedCall): string {
  if (group !== 'IPC' || target === null) return name;
  return `${name} ${exchange === 'receive' ? 'from' : 'to'} ${target.name ?? target.number}`;
}

function tableOf(decoder: CallDecoder, counted: readonly Counted[], entries: ReadonlyMap<string, number>, roundTrips: Latency): CallTable {
  const rows = counted.map(rowFrom).sort((one, other) => other.count - one.count || one.name.localeCompare(other.name) || one.process.localeCompare(other.process));
  const sum = (of: readonly Counted[]): number => of.reduce((total, { count }) => total + count, 0);
  return {
    decoder: decoder.id,
    verified: verifiedText(counted.length === 0 ? [decoder.verified] : counted.map(({ decoded }) => decoded.verified)),
    total: sum(counted),
    entries: [...entries].map(([entry, count]) => ({ entry, count })).sort((one, other) => other.count - one.count),
    rows,
    unnamed: sum(counted.filter(({ decoded }) => !decoded.named)),
    roundTrips: counted.some(({ decoded }) => decoded.exchange !== null)
      ? { count: roundTrips.ns.count, latencyNs: distributionOf(roundTrips.ns), latencyInstructions: distributionOf(roundTrips.instructions) }
      : null,
  };
}

function rowFrom({ process, decoded, latency, count, errors, judged, returned }: Counted): CallRow {
  return {
    process,
    name: callLabel(decoded),
    number: decoded.number,
    group: decoded.class,
    count,
    errors: returned > 0 && judged === 0 ? null : errors,
    unreturned: count - returned,
    latencyNs: distributionOf(latency.ns),
    latencyInstructions: distributionOf(latency.instructions),
  };
}

/** One name that nobody checked makes the table unverified. */
function verifiedText(verifications: readonly (Verification | null)[]): string | null {
  const [first] = verifications;
  if (first == null || verifications.includes(null)) return null;
  return `${first.how} (${first.date}, QEMU ${first.qemu}, kernel ${first.kernel})`;
}
