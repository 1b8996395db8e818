import { DeclaredError } from '../../contract/errors.ts';
import type { TracedTarget } from '../../contract/programs.ts';
import type { ProcessTracer, TraceTarget } from '../../core/calls/processTracer.ts';
import { listContainerProcesses } from '../../host/docker/containerProcesses.ts';
import { bpftraceTracer } from '../../host/instruments/bpftrace/bpftrace.ts';
import { straceTracer } from '../../host/instruments/strace/strace.ts';
import type { Engines } from '../containers/engines.ts';

/** The cheapest first. */
export const tracers: readonly ProcessTracer[] = [bpftraceTracer, straceTracer];

/**
 * A container becomes the processes that it has now. Their numbers mean nothing here when its engine is on another host. Throws
 * NOT_FOUND for a container that is not there, TRACED_PROCESS_GONE for one in which nothing runs.
 */
export async function resolveTarget(target: TracedTarget, engines: Pick<Engines, 'chosen' | 'need'>): Promise<TraceTarget> {
  if (target.kind === 'processes') return target;
  if (target.kind === 'command') {
    const { directory, ...rest } = target;
    return { ...rest, ...(directory !== undefined && { directory }) };
  }
  const engine = await engines.need(engines.chosen());
  if (!engine.sharesSockets) throw new DeclaredError('INSTRUMENT_UNAVAILABLE', { instrument: 'strace', reason: `the containers of ${engine.name} (${engine.host}) run on another machine, where Petri cannot watch processes` });
  return { kind: 'processes', pids: await listContainerProcesses(engine, target.name) };
}

export interface WantedTracer {
  readonly instrument: ProcessTracer['name'] | undefined;
  readonly calls: readonly string[] | undefined;
}

/** The first that can. Throws INSTRUMENT_UNAVAILABLE with every reason. */
export async function chooseTracer({ instrument, calls }: WantedTracer, target: TraceTarget): Promise<ProcessTracer> {
  const reasons: string[] = [];
  for (const tracer of tracers.filter(({ name }) => instrument === undefined || name === instrument)) {
    const refusal = tracer.refuses({ target, ...(calls && { calls }) });
    const { available, reason } = refusal === null ? await tracer.probe() : { available: false, reason: refusal };
    if (available) return tracer;
    reasons.push(`${tracer.name}: ${reason}`);
  }
  throw new DeclaredError('INSTRUMENT_UNAVAILABLE', { instrument: instrument ?? 'strace', reason: reasons.join('; ') });
}
