import { resolve } from 'node:path';
import type { AcceleratorName } from '../../contract/accelerators.ts';
import type { LabClient } from '../../contract/contract.ts';
import { DeclaredError } from '../../contract/errors.ts';
import type { Guest } from '../../contract/guests.ts';
import type { InstrumentName } from '../../contract/instruments.ts';
import type { MeasurementKind, StartMeasurement } from '../../contract/measurements.ts';
import type { MemoryModel, MetricName } from '../../contract/metrics.ts';
import { loadLine } from '../../core/measurements/loads.ts';

export interface MeasureOptions {
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
  /** Seconds. */
  readonly duration?: number;
  /** `NAME:VALUE,…` or the line of one of the guests' own loads. */
  readonly load?: string;
  /** A line of one's own. */
  readonly type?: string;
  readonly logicalTime?: boolean;
  readonly profile?: number;
  readonly symbols?: string;
  /** Megabytes. */
  readonly traceLimit?: number;
  readonly metrics?: readonly MetricName[];
  /** What is not in it is as in the settings. */
  readonly model?: Partial<MemoryModel>;
}

/** What can be said of events, with a model that is whole. */
export type EventOptions = Pick<MeasureOptions, 'duration' | 'instrument' | 'load' | 'logicalTime' | 'profile' | 'symbols' | 'traceLimit' | 'metrics'> & { readonly model?: MemoryModel };

type Wishes = NonNullable<StartMeasurement['events']>;

/** Instruments that stamp what a guest prints; the others see events. */
const stamping: readonly InstrumentName[] = ['serialTrace', 'serialSocket'];

/** Leaves out what is undefined: absent means the setting's default. */
function given<Value extends object>(values: { [Key in keyof Value]: Value[Key] | undefined }): Value {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Value;
}

/** The value for the guest at one place: the n-th, or the only one. */
export function nth<Value>(values: readonly Value[] | undefined, at: number): Value | undefined {
  return values?.length === 1 ? values[0] : values?.[at];
}

/** What is wished of events; undefined when nothing is, which for a boot means that it has none. */
export function eventWishes(kind: MeasurementKind, options: EventOptions): Wishes | undefined {
  const { duration, instrument, logicalTime, profile, symbols, traceLimit, metrics, model } = options;
  if (kind === 'boot' && (duration !== undefined || options.load !== undefined)) {
    const message = 'a boot ends with its last phase: --timeout limits it, and what happens after it is measured with syscalls, memory or ipc';
    throw new DeclaredError('INPUT_INVALID', { issues: [{ path: duration === undefined ? '--load' : '--duration', message }] });
  }
  const wishes = given<Wishes>({
    instrument: instrument === undefined || stamping.includes(instrument) ? undefined : instrument,
    durationSeconds: duration,
    load: options.load,
    logicalTime,
    profileEvery: profile,
    symbolFile: symbols === undefined ? undefined : resolve(symbols),
    traceLimitBytes: traceLimit === undefined ? undefined : traceLimit * 1_000_000,
    metrics: metrics === undefined ? undefined : [...metrics],
    model,
  });
  return Object.keys(wishes).length === 0 ? undefined : wishes;
}

/** The measurement that was asked for, as the lab is asked for it. */
export async function planMeasurement(client: LabClient, kind: MeasurementKind, guests: readonly Guest[], options: MeasureOptions): Promise<StartMeasurement> {
  const load = await typedLine(client, guests, options);
  const model = options.model === undefined ? undefined : { ...(await client.settings.get()).memoryModel, ...options.model };
  return given<StartMeasurement>({
    kind,
    subjects: guests.map(({ definition: { id } }, at) =>
      given<StartMeasurement['subjects'][number]>({ guest: id, accelerator: nth(options.accelerator, at), extraArguments: nth(options.arguments, at) })),
    runs: options.runs,
    warmUps: options.warmUps,
    timeLimitSeconds: options.timeout,
    instrument: options.instrument !== undefined && stamping.includes(options.instrument) ? options.instrument : undefined,
    control: options.control,
    events: eventWishes(kind, given<EventOptions>({ ...options, load, model })),
    seed: options.seed,
    name: options.name,
    question: options.question,
    save: options.save,
  });
}

/** The line that is to be typed as it is, or that of a load that all guests have. Throws INPUT_INVALID for a load that one has not. */
async function typedLine(client: LabClient, guests: readonly Guest[], { load, type }: Pick<MeasureOptions, 'load' | 'type'>): Promise<string | undefined> {
  if (load === undefined) return type;
  const lines = await Promise.all(guests.map(async ({ definition: { id } }) => loadLine(await client.measurements.loads({ guest: id }), load)));
  const other = lines.find((line) => line !== lines[0]);
  if (other === undefined) return lines[0];
  throw new DeclaredError('INPUT_INVALID', { issues: [{ path: '--load', message: `it is ${JSON.stringify(lines[0])} for one guest and ${JSON.stringify(other)} for another: measure them one by one` }] });
}
