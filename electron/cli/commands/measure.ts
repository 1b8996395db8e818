import type { LabClient } from '../../contract/contract.ts';
import { DeclaredError } from '../../contract/errors.ts';
import type { MeasurementKind, Run } from '../../contract/measurements.ts';
import type { Report } from '../../contract/reports.ts';
import { exitCodes, type ExitCode } from '../exitCodes.ts';
import { renderMeasurement } from '../render/measurement.ts';
import type { Context, Result } from '../run/context.ts';
import { findMeasured, type SeedWords } from '../run/findMeasured.ts';
import { findRun } from '../run/findGuest.ts';
import { withLab } from '../run/labDoor.ts';
import { followBoots, measureBoots } from '../run/measureBoots.ts';
import { planMeasurement, type MeasureOptions } from '../run/planMeasurement.ts';

/** The end of a run as an exit code: cancelled, failed, an incomplete boot, a verdict that needs validation, or good. */
export function exitCodeOfRun({ run, summary }: Report): ExitCode {
  if (run.state === 'cancelled') return exitCodes.cancelled;
  if (run.state !== 'done' || summary.subjects.some(({ incomplete, failed }) => incomplete + failed > 0)) return exitCodes.failed;
  const verdicts = summary.subjects.flatMap((subject) => [...subject.verdicts, ...subject.phases.flatMap((phase) => phase.verdicts)]);
  return verdicts.some(({ verdict }) => verdict.name === 'NEEDS_VALIDATION') ? exitCodes.negative : exitCodes.ok;
}

/** Refuses to report on a run that has nothing to say, with the reason that the run itself has. */
async function requireSamples(client: LabClient, { id, failure, state }: Run): Promise<void> {
  const { samples } = await client.measurements.get({ id });
  if (samples.some(({ warmUp, outcome }) => !warmUp && outcome !== 'failed')) return;
  const why = samples.find((sample) => sample.failure !== null)?.failure ?? null;
  if (why !== null) throw new DeclaredError(why.code, why.details);
  if (failure !== null) throw new DeclaredError(failure.code, failure.details);
  if (state === 'cancelled') throw new DeclaredError('CANCELLED', { task: 'The measurement' });
  throw new DeclaredError('NO_SAMPLES', { run: id });
}

async function showEnded(client: LabClient, run: Run, { terminal }: Context): Promise<Result> {
  await requireSamples(client, run);
  const report = await client.reports.get({ run: run.id });
  const text = renderMeasurement(report, terminal);
  terminal.report(run.saved ? `kept as ${run.id}: petri report ${run.id} --format pdf` : 'not kept (--no-save)');
  return { json: report, text, exitCode: exitCodeOfRun(report) };
}

/** Boots one or several guests many times, shows how far it is, and prints what was measured. */
export function measure(context: Context, kind: MeasurementKind, words: readonly string[], options: MeasureOptions & SeedWords): Promise<Result> {
  return withLab(context.lab, async ({ client }) => {
    const guests = await findMeasured(client, words, options);
    const plan = await planMeasurement(client, kind, guests, options);
    return showEnded(client, await measureBoots(client, plan, context.terminal, context.cancelled), context);
  });
}

/** Goes on with what is left of a run's plan; of one that is done it shows what was measured. */
export function resumeMeasurement(context: Context, word: string): Promise<Result> {
  return withLab(context.lab, async ({ client }) => {
    const run = await client.measurements.resume({ id: await findRun(client, word) });
    return showEnded(client, await followBoots(client, run, context.terminal, context.cancelled), context);
  });
}
