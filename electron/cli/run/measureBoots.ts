import { isLostLab, lostLab } from '../../client/failures.ts';
import type { LabClient } from '../../contract/contract.ts';
import type { Run, RunEvent, Sample, StartMeasurement } from '../../contract/measurements.ts';
import { formatDuration } from '../../core/charts/numbers.ts';
import type { Terminal } from './terminal.ts';

/** How far a measurement is, folded from its events. */
export interface MeasurementProgress {
  readonly run: Run | null;
  readonly samples: readonly Sample[];
  /** The boot under way, or null between two. */
  readonly boot: { readonly index: number; readonly warmUp: boolean; readonly phases: number; readonly lastPhase: string; readonly atNs: number } | null;
}

export const noProgress: MeasurementProgress = { run: null, samples: [], boot: null };

/** Folds one event of a run into its progress. */
export function follow(progress: MeasurementProgress, event: RunEvent): MeasurementProgress {
  switch (event.type) {
    case 'snapshot':
      return { run: event.run, samples: event.samples, boot: null };
    case 'boot':
      return { ...progress, boot: { index: event.index, warmUp: event.warmUp, phases: 0, lastPhase: '', atNs: 0 } };
    case 'phase':
      if (progress.boot === null || event.stamp.status !== 'seen') return progress;
      return { ...progress, boot: { ...progress.boot, phases: progress.boot.phases + 1, lastPhase: event.stamp.name, atNs: event.stamp.atNs } };
    case 'sample':
      return { ...progress, samples: [...progress.samples, event.sample], boot: null };
    case 'run':
      return { ...progress, run: event.run };
  }
}

const bar = (share: number, width = 20): string => '█'.repeat(Math.round(share * width)).padEnd(width, '░');

/** One line: how many boots are done, and how far the one under way is. */
export function renderProgress({ run, samples, boot }: MeasurementProgress): string {
  if (run === null) return 'planning …';
  const planned = run.plan.order.length;
  const phases = run.phaseTable.phases.length;
  const share = (samples.length + (boot === null ? 0 : boot.phases / phases)) / planned;
  const now = boot === null ? '' : `  ${boot.warmUp ? 'warm-up, ' : ''}phase ${boot.phases}/${phases} ${boot.lastPhase} ${boot.atNs === 0 ? '' : formatDuration(boot.atNs)}`;
  return `${bar(share)} boot ${Math.min(samples.length + 1, planned)}/${planned}${now}`.trimEnd();
}

const ended = ({ state }: Run): boolean => state !== 'running';

/** Starts a measurement and shows it until it ends; see `followBoots`. */
export async function measureBoots(client: LabClient, plan: StartMeasurement, terminal: Terminal, cancelled: AbortSignal): Promise<Run> {
  return followBoots(client, await client.measurements.start(plan), terminal, cancelled);
}

/**
 * Shows a run until it ends. When `cancelled` is aborted the run is cancelled in the lab, and what was finished is kept.
 * Of one that cannot go on it says how to.
 */
export async function followBoots(client: LabClient, { id }: Pick<Run, 'id'>, terminal: Terminal, cancelled: AbortSignal): Promise<Run> {
  const cancel = (): void => {
    terminal.report('cancelling …');
    // The end of the run arrives as an event; that the cancelling itself fails shows there too.
    client.measurements.cancel({ id }).catch(() => undefined);
  };
  cancelled.addEventListener('abort', cancel, { once: true });
  if (cancelled.aborted) cancel();
  const sayHowToGoOn = (): void => terminal.report(`what is finished of ${id} is kept; go on with: petri measure resume ${id}`);
  try {
    let progress = noProgress;
    for await (const event of await client.measurements.watch({ id })) {
      progress = follow(progress, event);
      terminal.progress(renderProgress(progress), `${progress.samples.length}`);
      if (progress.run === null || !ended(progress.run)) continue;
      if (progress.run.saved && progress.run.state !== 'done' && progress.samples.length < progress.run.plan.order.length) sayHowToGoOn();
      return progress.run;
    }
    return (await client.measurements.get({ id })).run;
  } catch (error) {
    if (isLostLab(error)) throw lostLab(`What is finished is kept; go on with "petri measure resume ${id}".`, error);
    // Its answer does not come.
    sayHowToGoOn();
    throw error;
  } finally {
    cancelled.removeEventListener('abort', cancel);
  }
}
