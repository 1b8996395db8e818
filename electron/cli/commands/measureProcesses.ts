import type { TracedTarget } from '../../contract/instruments.ts';
import { exitCodes } from '../exitCodes.ts';
import { renderProcessTrace } from '../render/processTrace.ts';
import type { Context, Result } from '../run/context.ts';
import { followTask } from '../run/followTask.ts';
import { withLab } from '../run/labDoor.ts';
import { paint } from '../run/terminal.ts';

export interface ProcessOptions {
  readonly duration?: number;
  readonly calls?: readonly string[];
  readonly instrument?: string;
}

const tracers: readonly string[] = ['strace', 'bpftrace'];

/** Watches programs of this host, and prints what they asked of the kernel. Ctrl-C lets go of them and prints what was seen until then. */
export function measureProcesses({ lab, terminal, cancelled }: Context, target: TracedTarget, { duration, calls, instrument }: ProcessOptions): Promise<Result> {
  return withLab(lab, async ({ client }) => {
    const { task } = await client.instruments.traceProcesses({
      target,
      ...(duration !== undefined && { durationSeconds: duration }),
      ...(calls !== undefined && { calls: [...calls] }),
      ...((instrument === 'strace' || instrument === 'bpftrace') && { instrument }),
    });
    if (instrument !== undefined && !tracers.includes(instrument)) terminal.report(`${instrument} watches guests; programs of this host are watched with ${tracers.join(' or ')}`);
    await followTask(client, task, { terminal, cancelled }).catch((error: unknown) => {
      if (!cancelled.aborted) throw error;
    });
    const trace = await client.instruments.processTrace({ task });
    return { json: trace, text: renderProcessTrace(trace, paint(terminal.colour)), exitCode: cancelled.aborted ? exitCodes.cancelled : exitCodes.ok };
  });
}
