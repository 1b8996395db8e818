import type { AcceleratorName } from '../../contract/accelerators.ts';
import type { LabClient } from '../../contract/contract.ts';
import { DeclaredError } from '../../contract/errors.ts';
import type { InstrumentName } from '../../contract/instruments.ts';
import type { Run, StartMeasurement } from '../../contract/measurements.ts';
import type { Report } from '../../contract/reports.ts';
import { exitCodes, type ExitCode } from '../exitCodes.ts';
import type { Context, Result } from '../run/context.ts';
import { findOrCreateGuest } from '../run/findGuest.ts';
import { withLab } from '../run/labDoor.ts';
import { measureBoots } from '../run/measureBoots.ts';
import { reportText } from '../run/reportText.ts';

export interface MeasureBootOptions {
  readonly runs?: number;
  readonly timeout?: number;
  readonly warmUps?: number;
  /** One for each guest, or one for all of them. */
  readonly accelerator?: readonly AcceleratorName[];
  readonly instrument?: InstrumentName;
  /** More words for the kernel's command line: one for each guest, or one for all of them. */
  readonly arguments?: readonly string[];
  readonly control?: boolean;
  readonly seed?: number;
  readonly name?: string;
  readonly question?: string;
  /** False with `--no-save`. */
  readonly save: boolean;
}

/** Leaves out what is undefined: absent means the setting's default. */
function given<Value extends object>(values: { [Key in keyof Value]: Value[Key] | undefined }): Value {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Value;
}

/** The value for the guest at one place: the n-th, or the only one. */
export function nth<Value>(values: readonly Value[] | undefined, at: number): Value | undefined {
  return values?.length === 1 ? values[0] : values?.[at];
}

async function planOf(client: LabClient, words: readonly string[], options: MeasureBootOptions): Promise<StartMeasurement> {
  const guests: string[] = [];
  for (const word of words) guests.push((await findOrCreateGuest(client, word)).definition.id);
  return given<StartMeasurement>({
    kind: 'boot',
    subjects: guests.map((guest, at) =>
      given<StartMeasurement['subjects'][number]>({ guest, accelerator: nth(options.accelerator, at), extraArguments: nth(options.arguments, at) })),
    runs: options.runs,
    warmUps: options.warmUps,
    timeLimitSeconds: options.timeout,
    instrument: options.instrument,
    control: options.control,
    seed: options.seed,
    name: options.name,
    question: options.question,
    save: options.save,
  });
}

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
  if (samples.some(({ warmUp }) => !warmUp)) return;
  if (failure !== null) throw new DeclaredError(failure.code, failure.details);
  if (state === 'cancelled') throw new DeclaredError('CANCELLED', { task: 'The measurement' });
  throw new DeclaredError('NO_SAMPLES', { run: id });
}

/** Boots one or several guests many times, shows how far it is, and prints the report. */
export function measureBoot({ terminal, lab, cancelled }: Context, words: readonly string[], options: MeasureBootOptions): Promise<Result> {
  return withLab(lab, async ({ client }) => {
    const plan = await planOf(client, words, options);
    const run = await measureBoots(client, plan, terminal, cancelled);
    await requireSamples(client, run);
    const report = await client.reports.get({ run: run.id });
    const text = reportText(report, terminal);
    terminal.report(options.save ? `kept as ${run.id}: petri report ${run.id} --format pdf` : 'not kept (--no-save)');
    return { json: report, text, exitCode: exitCodeOfRun(report) };
  });
}
