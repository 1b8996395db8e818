import type { InstrumentName } from '../../../electron/contract/instruments.ts';
import type { GuestLoad, MeasurementKind, StartMeasurement } from '../../../electron/contract/measurements.ts';
import type { MemoryModel } from '../../../electron/contract/metrics.ts';
import type { Settings } from '../../../electron/contract/settings.ts';
import { modelText } from '../../../electron/core/memory/memoryModelText.ts';
import { fillLoad } from '../../../electron/core/measurements/loads.ts';
import { quote } from '../../../electron/core/reports/command.ts';

/** One side of the measurement: another guest, or the same guest with other kernel arguments. */
export interface SubjectForm {
  guest: string;
  extraArguments: string;
}

/** What the dialog asks for. */
export interface MeasurementForm {
  kind: MeasurementKind;
  subjects: SubjectForm[];
  runs: number;
  warmUps: number;
  timeLimitSeconds: number;
  /** Null until somebody decides: then several sides have a control, one has none. */
  control: boolean | null;
  /** For a boot: whether instruments look at it at all. The other kinds always have events. */
  events: boolean;
  /** A load's id; '' for none, `LINE` for a line of one's own. */
  load: string;
  loadValues: Record<string, string>;
  loadLine: string;
  /** Null: until the load is done, or as long as the lab chooses. */
  durationSeconds: number | null;
  logicalTime: boolean;
  profile: boolean;
  profileEvery: number;
  symbolFile: string;
  /** '' lets the lab choose. */
  instrument: InstrumentName | '';
  /** Null for the model of the settings. */
  model: MemoryModel | null;
  question: string;
}

/** The choice of a load that is typed by hand. */
export const OWN_LINE = '(line)';

export function emptyForm(settings: Settings, guest: string): MeasurementForm {
  return {
    kind: 'boot',
    subjects: [{ guest, extraArguments: '' }],
    runs: settings.measurementRuns,
    warmUps: settings.measurementWarmUps,
    timeLimitSeconds: settings.bootTimeLimitSeconds,
    control: null,
    events: false,
    load: '',
    loadValues: {},
    loadLine: '',
    durationSeconds: null,
    logicalTime: false,
    profile: false,
    profileEvery: 10_000,
    symbolFile: '',
    instrument: '',
    model: null,
    question: '',
  };
}

export function hasControl({ control, subjects }: Pick<MeasurementForm, 'control' | 'subjects'>): boolean {
  return control ?? subjects.length > 1;
}

export function hasEvents({ kind, events }: Pick<MeasurementForm, 'kind' | 'events'>): boolean {
  return kind !== 'boot' || events;
}

/** The line that is typed; null for none. Throws INPUT_INVALID for a value that the load does not take. */
export function typedLine({ kind, load, loadLine, loadValues }: MeasurementForm, loads: readonly GuestLoad[]): string | null {
  if (kind === 'boot' || load === '') return null;
  if (load === OWN_LINE) return loadLine.trim() === '' ? null : loadLine.trim();
  const chosen = loads.find(({ id }) => id === load);
  if (chosen === undefined) return null;
  return fillLoad(chosen, chosen.parameters.flatMap(({ name }) => (loadValues[name] === undefined ? [] : [`${name}=${loadValues[name]}`])));
}

export function startFrom(form: MeasurementForm, loads: readonly GuestLoad[] = []): StartMeasurement {
  return {
    kind: form.kind,
    subjects: form.subjects.map(({ guest, extraArguments }) => ({ guest, ...(extraArguments === '' ? {} : { extraArguments }) })),
    runs: form.runs,
    warmUps: form.warmUps,
    timeLimitSeconds: form.timeLimitSeconds,
    control: hasControl(form),
    ...(hasEvents(form) ? { events: eventsFrom(form, loads) } : {}),
    ...(form.question.trim() === '' ? {} : { question: form.question.trim() }),
  };
}

function eventsFrom(form: MeasurementForm, loads: readonly GuestLoad[]): NonNullable<StartMeasurement['events']> {
  const { kind, instrument, durationSeconds, logicalTime, profile, profileEvery, symbolFile, model } = form;
  const load = typedLine(form, loads);
  return {
    ...(instrument === '' ? {} : { instrument }),
    ...(kind !== 'boot' && durationSeconds !== null ? { durationSeconds } : {}),
    ...(load === null ? {} : { load }),
    ...(logicalTime ? { logicalTime } : {}),
    ...(profile ? { profileEvery } : {}),
    ...(symbolFile.trim() === '' ? {} : { symbolFile: symbolFile.trim() }),
    ...(model === null ? {} : { model }),
  };
}

/** The same measurement for a terminal. */
export function commandFrom({ kind, subjects, runs, warmUps, timeLimitSeconds, control, events, question }: StartMeasurement): string {
  const given = (option: string, value: string | number | undefined | null): string[] => (value === undefined || value === null || value === '' ? [] : [option, String(value)]);
  const extra = subjects.map(({ extraArguments }) => extraArguments ?? '');
  return [
    'petri', 'measure', kind, ...subjects.map(({ guest }) => guest),
    ...given('--runs', runs), ...given('--warm-ups', warmUps), ...given('--timeout', timeLimitSeconds),
    ...(extra.some((words) => words !== '') ? extra.flatMap((words) => [`--arguments=${words}`]) : []),
    ...given('--type', events?.load), ...given('--duration', events?.durationSeconds), ...given('--instrument', events?.instrument),
    ...(events?.logicalTime === true ? ['--logical-time'] : []),
    ...given('--profile', events?.profileEvery), ...given('--symbols', events?.symbolFile),
    ...(events?.model === undefined || events.model === null ? [] : ['--model', modelText(events.model)]),
    // An event instrument is the only thing that says of a boot's command line that it has events.
    ...(kind === 'boot' && events !== undefined && Object.keys(events).length === 0 ? ['--metrics', 'instructions,systemCalls,pageFaults,addressSpaceSwitches,interrupts'] : []),
    ...(control === true ? ['--control'] : []),
    ...(control === false && subjects.length > 1 ? ['--no-control'] : []),
    ...given('--question', question),
  ].map(quote).join(' ');
}
