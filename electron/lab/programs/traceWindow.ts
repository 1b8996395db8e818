import { randomUUID } from 'node:crypto';
import { DeclaredError } from '../../contract/errors.ts';
import type { CallTable, TraceEvidence } from '../../contract/metrics.ts';
import { createCallCounter } from '../../core/calls/countCalls.ts';
import type { CallDecoder } from '../../core/calls/decodedCall.ts';
import type { EndedTrace, ProcessTracer, RunningTrace, TraceTarget } from '../../core/calls/processTracer.ts';
import type { TraceFiles } from '../../host/instruments/traceFiles.ts';
import type { Blobs } from '../../host/storage/blobs.ts';
import { readLoad } from '../../host/system/fingerprint.ts';

/** 2.5 million calls as strace writes them. */
const LIMIT_BYTES = 256 * 1024 * 1024;

export interface WindowTools {
  readonly traces: Pick<TraceFiles, 'reserve' | 'room' | 'remove' | 'size'>;
  readonly blobs: Pick<Blobs, 'putFile'>;
  readonly decoder: (id: string) => CallDecoder | null;
}

export interface WindowRequest {
  readonly tracer: ProcessTracer;
  readonly target: TraceTarget;
  readonly calls: readonly string[] | undefined;
  readonly durationSeconds: number | null;
  readonly mark: string;
  /** Whether its lines are kept as a blob. */
  readonly saved: boolean;
  readonly grew: (elapsedNs: number, traceBytes: number) => void;
}

export interface ReadWindow {
  readonly startedAt: Date;
  readonly durationNs: number;
  readonly load: number | null;
  readonly calls: CallTable;
  readonly evidence: TraceEvidence;
  readonly left: { readonly undecoded: number; readonly returnsWithoutCall: number };
  readonly exit: EndedTrace['exit'];
}

/** Programs that are being watched. */
export interface OpenWindow {
  /** When the duration is over, what is watched has ended, or the signal says so: `why` then stands in the evidence. */
  read(signal: AbortSignal, why: () => string): Promise<ReadWindow>;
  /** Lets go and forgets. */
  drop(): Promise<void>;
}

/** Takes hold of what is to be watched. Throws what the tracer refuses, and DISK_FULL; nothing is then left. */
export async function openWindow(request: WindowRequest, tools: WindowTools): Promise<OpenWindow> {
  const { tracer, target, calls, mark, grew } = request;
  const name = randomUUID();
  const tracePath = await tools.traces.reserve(name);
  try {
    const limitBytes = Math.min(LIMIT_BYTES, await tools.traces.room());
    const load = readLoad();
    const clock = { began: performance.now() };
    const running = await tracer.start({ target, tracePath, limitBytes, mark, grew: (bytes) => grew(elapsedNs(clock), bytes), ...(calls && { calls }) });
    clock.began = performance.now();
    const startedAt = new Date();
    return {
      async read(signal, why) {
        try {
          const ended = await endOf(running, request.durationSeconds, signal);
          const seen = { startedAt, durationNs: elapsedNs(clock), load, exit: ended.exit };
          return { ...seen, ...(await readTrace(ended, request, tools, () => (signal.aborted ? why() : null))) };
        } finally {
          await tools.traces.remove(name);
        }
      },
      async drop() {
        await running.stop().catch(() => undefined); // It is not looked at.
        await tools.traces.remove(name);
      },
    };
  } catch (error) {
    await tools.traces.remove(name);
    throw error;
  }
}

const elapsedNs = ({ began }: { readonly began: number }): number => Math.round((performance.now() - began) * 1e6);

/** Lets go when the time is over or the signal says so; what is watched may end before. */
async function endOf(running: RunningTrace, durationSeconds: number | null, signal: AbortSignal): Promise<EndedTrace> {
  const letGo = (): void => void running.stop().catch(() => undefined); // `ended` tells the same.
  const timer = durationSeconds === null ? undefined : setTimeout(letGo, durationSeconds * 1_000);
  signal.addEventListener('abort', letGo, { once: true });
  if (signal.aborted) letGo();
  try {
    return await running.ended;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', letGo);
  }
}

/** Counts what is in the trace, and keeps it. */
async function readTrace(ended: EndedTrace, { tracer, saved }: WindowRequest, { traces, blobs, decoder: decoderOf }: WindowTools, stopped: () => string | null): Promise<Pick<ReadWindow, 'calls' | 'evidence' | 'left'>> {
  const decoder = decoderOf(ended.decoder);
  if (decoder === null) throw new DeclaredError('INSTRUMENT_UNAVAILABLE', { instrument: tracer.name, reason: `there is no table of the calls of ${ended.decoder}` });
  const isFull = (await traces.room()) === 0;
  const { names, events } = await lookOver(ended);
  const counter = createCallCounter({ decoder, processName: ({ space }) => names.get(space) ?? null });
  for await (const event of ended.events()) counter.take(event);
  const { path, format, cut } = ended.evidence;
  const reasons = [stopped(), cut, isFull ? 'the disk was full' : null].filter((why) => why !== null);
  const bytes = traces.size(path);
  const digest = saved && bytes > 0 ? await blobs.putFile(path) : null;
  const { undecoded, returnsWithoutCall } = counter.left;
  return { calls: counter.result(), evidence: { format, digest, bytes, events, cut: reasons.join('; ') || null }, left: { undecoded, returnsWithoutCall } };
}

/** A process has the name it had last: a shell that becomes another program would else be two. */
async function lookOver(ended: EndedTrace): Promise<{ readonly names: ReadonlyMap<bigint, string>; readonly events: number }> {
  const spaces = new Set<bigint>();
  let events = 0;
  for await (const event of ended.events()) {
    events += 1;
    if ('context' in event) spaces.add(event.context.space);
  }
  return { names: new Map([...spaces].map((space) => [space, ended.processName({ space }) ?? `process ${space}`])), events };
}
