import type { ProgramTrace, StartTrace, TracedTarget, TraceWithSamples } from '../../contract/programs.ts';
import type { LabClient } from '../../contract/contract.ts';
import { DeclaredError } from '../../contract/errors.ts';
import { renderTraceText } from '../../core/programs/renderTrace.ts';
import { createPen } from '../../core/reports/textLayout.ts';
import { exitCodes, type ExitCode } from '../exitCodes.ts';
import type { Context, Result } from '../run/context.ts';
import { withLab } from '../run/labDoor.ts';

export interface ProcessOptions {
  readonly duration?: number;
  readonly calls?: readonly string[];
  readonly instrument?: string;
  readonly runs?: number;
  readonly costs?: boolean;
  readonly name?: string;
  readonly save?: boolean;
}

const tracers: readonly string[] = ['strace', 'bpftrace'];

/** Watches programs of this host, and prints what they asked of the kernel. Ctrl-C lets go of them and prints what was seen until then. */
export function measureProcesses({ lab, terminal, cancelled }: Context, target: TracedTarget, options: ProcessOptions): Promise<Result> {
  return withLab(lab, async ({ client }) => {
    const { instrument } = options;
    if (instrument !== undefined && !tracers.includes(instrument)) terminal.report(`${instrument} watches guests; programs of this host are watched with ${tracers.join(' or ')}`);
    const { id } = await client.programs.start(requestOf(target, options));
    const cancel = (): void => void client.programs.cancel({ id }).catch(() => undefined); // Its end comes from `watch`.
    cancelled.addEventListener('abort', cancel, { once: true });
    try {
      if (cancelled.aborted) cancel();
      await followTrace(client, id, (line) => terminal.report(line));
    } finally {
      cancelled.removeEventListener('abort', cancel);
    }
    const whole = await client.programs.get({ id });
    return { json: whole, text: renderTraceText(whole, createPen(terminal.colour)), exitCode: exitOf(whole, cancelled.aborted) };
  });
}

function requestOf(target: TracedTarget, { duration, calls, instrument, runs, costs, name, save }: ProcessOptions): StartTrace {
  return {
    target,
    ...(duration !== undefined && { durationSeconds: duration }),
    ...(calls !== undefined && { calls: [...calls] }),
    ...((instrument === 'strace' || instrument === 'bpftrace') && { instrument }),
    ...(runs !== undefined && { runs }),
    ...(costs === false && { costs }),
    ...(name !== undefined && { name }),
    ...(save === false && { save }),
  };
}

/** Until it has ended; each run is told when it has. */
async function followTrace(client: LabClient, id: string, tell: (line: string) => void): Promise<void> {
  let runs = 1;
  for await (const event of await client.programs.watch({ id })) {
    if (event.type === 'snapshot') runs = event.trace.runs;
    if (event.type === 'sample' && runs > 1) tell(`run ${event.sample.index + 1} of ${runs}: ${event.sample.metrics?.calls?.total ?? 0} calls`);
  }
}

/** A trace that failed says why, after what it saw until then. */
function exitOf({ trace, samples }: TraceWithSamples, isCancelled: boolean): ExitCode {
  if (isCancelled) return exitCodes.cancelled;
  if (trace.failure !== null && samples.length === 0) throw failureOf(trace.failure);
  return trace.state === 'done' ? exitCodes.ok : exitCodes.failed;
}

function failureOf({ code, details }: NonNullable<ProgramTrace['failure']>): DeclaredError {
  return new DeclaredError(code, details);
}
