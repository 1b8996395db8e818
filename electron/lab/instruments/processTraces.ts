import { randomUUID } from 'node:crypto';
import { DeclaredError } from '../../contract/errors.ts';
import type { ProcessTrace, traceProcesses, TracedTarget } from '../../contract/instruments.ts';
import type { Reading } from '../../contract/metrics.ts';
import { createCallCounter } from '../../core/calls/countCalls.ts';
import type { CallDecoder } from '../../core/calls/decodedCall.ts';
import type { EndedTrace, ProcessTracer, RunningTrace, TraceTarget } from '../../core/calls/processTracer.ts';
import { listContainerProcesses } from '../../host/docker/containerProcesses.ts';
import { bpftraceTracer } from '../../host/instruments/bpftrace/bpftrace.ts';
import { straceTracer } from '../../host/instruments/strace/strace.ts';
import type { TraceFiles } from '../../host/instruments/traceFiles.ts';
import type { Engines } from '../containers/engines.ts';
import type { TasksService } from '../tasks/tasks.ts';
import type { z } from 'zod';

type Request = z.output<typeof traceProcesses>;

export interface ProcessTracesDependencies {
  readonly tasks: Pick<TasksService, 'run'>;
  readonly traces: Pick<TraceFiles, 'reserve' | 'room' | 'remove'>;
  readonly engines: Pick<Engines, 'chosen' | 'need'>;
  readonly decoder: (id: string) => CallDecoder | null;
}

/** System calls of programs on this host, as tasks; see the contract. */
export interface ProcessTraces {
  start(request: Request): Promise<{ task: string }>;
  result(task: string): Promise<ProcessTrace>;
}

/** The cheapest first. */
const tracers: readonly ProcessTracer[] = [bpftraceTracer, straceTracer];
/** 2.5 million calls as strace writes them. */
const LIMIT_BYTES = 256 * 1024 * 1024;
/** Results wait this long, in later results, for whoever asked. */
const KEPT = 20;

export function createProcessTraces({ tasks, traces, engines, decoder }: ProcessTracesDependencies): ProcessTraces {
  const results = new Map<string, Promise<ProcessTrace>>();
  const keep = (task: string, result: Promise<ProcessTrace>): void => {
    // Who waits for the result hears of its failure, and the task's end says it too.
    result.catch(() => undefined);
    results.set(task, result);
    for (const oldest of [...results.keys()].slice(0, -KEPT)) results.delete(oldest);
  };
  const watch = async (request: Request, target: TraceTarget, signal: AbortSignal): Promise<ProcessTrace> => {
    const tracer = await chooseTracer(request, target);
    const name = randomUUID();
    const tracePath = await traces.reserve(name);
    try {
      const limitBytes = Math.min(LIMIT_BYTES, await traces.room());
      const startedAt = new Date();
      const running = await tracer.start({ target, tracePath, limitBytes, ...(request.calls && { calls: request.calls }) });
      const began = performance.now();
      const ended = await endOf(running, request.durationSeconds, signal);
      const durationNs = Math.round((performance.now() - began) * 1e6);
      const seen = { request, target, tracer, startedAt, durationNs, cut: signal.aborted ? 'it was cancelled' : ended.evidence.cut };
      return await readTrace(ended, decoder(ended.decoder), seen);
    } finally {
      await traces.remove(name);
    }
  };

  return {
    async start(request) {
      const target = await resolveTarget(request.target, engines);
      const seen = Promise.withResolvers<ProcessTrace>();
      const { id, result } = tasks.run({ title: `Watch the system calls of ${targetWords(request.target)}`, route: null, unit: 'steps', planned: null }, async ({ signal }) => {
        seen.resolve(watch(request, target, signal));
        await seen.promise;
        signal.throwIfAborted();
      });
      result.catch(() => undefined);
      keep(id, seen.promise);
      return { task: id };
    },
    async result(task) {
      const result = results.get(task);
      if (result === undefined) throw new DeclaredError('NOT_FOUND', { noun: 'trace of processes', id: task });
      return result;
    },
  };
}

export function targetWords(target: TracedTarget): string {
  if (target.kind === 'command') return target.command;
  return target.kind === 'container' ? `the container ${target.name}` : `${target.pids.length === 1 ? 'process' : 'processes'} ${target.pids.join(', ')}`;
}

/** A container becomes the processes it has now. Their numbers mean nothing here when its engine is on another host. */
async function resolveTarget(target: TracedTarget, engines: ProcessTracesDependencies['engines']): Promise<TraceTarget> {
  if (target.kind === 'processes') return target;
  if (target.kind === 'command') {
    const { directory, ...rest } = target;
    return { ...rest, ...(directory !== undefined && { directory }) };
  }
  const engine = await engines.need(engines.chosen());
  if (!engine.sharesSockets) throw new DeclaredError('INSTRUMENT_UNAVAILABLE', { instrument: 'strace', reason: `the containers of ${engine.name} (${engine.host}) run on another machine, where Petri cannot watch processes` });
  return { kind: 'processes', pids: await listContainerProcesses(engine, target.name) };
}

/** Throws INSTRUMENT_UNAVAILABLE with every reason. */
async function chooseTracer({ instrument, calls }: Request, target: TraceTarget): Promise<ProcessTracer> {
  const wanted = tracers.filter(({ name }) => instrument === undefined || name === instrument);
  const reasons: string[] = [];
  for (const tracer of wanted) {
    const refusal = tracer.refuses({ target, ...(calls && { calls }) });
    const { available, reason } = refusal === null ? await tracer.probe() : { available: false, reason: refusal };
    if (available) return tracer;
    reasons.push(`${tracer.name}: ${reason}`);
  }
  throw new DeclaredError('INSTRUMENT_UNAVAILABLE', { instrument: instrument ?? 'strace', reason: reasons.join('; ') });
}

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

interface Seen extends Pick<ProcessTrace, 'durationNs' | 'cut'> {
  readonly request: Request;
  readonly target: TraceTarget;
  readonly tracer: ProcessTracer;
  readonly startedAt: Date;
}

async function readTrace(ended: EndedTrace, decoder: CallDecoder | null, { request, target, tracer, startedAt, durationNs, cut }: Seen): Promise<ProcessTrace> {
  if (decoder === null) throw new DeclaredError('INSTRUMENT_UNAVAILABLE', { instrument: tracer.name, reason: `there is no table of the calls of ${ended.decoder}` });
  const names = await namesIn(ended);
  const counter = createCallCounter({ decoder, processName: ({ space }) => names.get(space) ?? null });
  for await (const event of ended.events()) counter.take(event);
  const calls = counter.result();
  const { undecoded, returnsWithoutCall } = counter.left;
  const pids = target.kind === 'processes' ? [...target.pids] : [];
  const { provenance, overhead } = tracer;
  return { target: request.target, pids, provenance, overhead, startedAt: startedAt.toISOString(), durationNs, calls, readings: [readingOf(calls.total, tracer)], cut, left: { undecoded, returnsWithoutCall } };
}

/** A process has the name it had last: a shell that becomes another program would else be two. */
async function namesIn(ended: EndedTrace): Promise<ReadonlyMap<bigint, string>> {
  const spaces = new Set<bigint>();
  for await (const event of ended.events()) if ('context' in event) spaces.add(event.context.space);
  return new Map([...spaces].map((space) => [space, ended.processName({ space }) ?? `process ${space}`]));
}

function readingOf(total: number, { name, provenance: { technique } }: ProcessTracer): Reading {
  return { metric: 'systemCalls', certainty: 'measured', value: total, unit: 'count', instrument: name, technique, resolution: 1, overhead: null, calibration: 'never', reason: null };
}
