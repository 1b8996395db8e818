import { randomBytes, randomInt } from 'node:crypto';
import type { ImageIdentity } from '../../contract/catalog.ts';
import { DeclaredError } from '../../contract/errors.ts';
import type { GuestDefinition } from '../../contract/guests.ts';
import type { HostFingerprint } from '../../contract/hosts.ts';
import type { InstrumentName } from '../../contract/instruments.ts';
import type { EventPlan, MeasurementKind, PhaseTable, Run, StartMeasurement, Subject } from '../../contract/measurements.ts';
import type { Settings } from '../../contract/settings.ts';
import type { Instrument } from '../../core/instruments/instrument.ts';
import { refuseLogicalTime } from '../../core/guests/logicalTime.ts';
import { planEvents } from '../../core/measurements/planEvents.ts';
import { planRun, wantsControl } from '../../core/measurements/planRun.ts';
import { tableOf } from '../../core/measurements/subjectTable.ts';
import type { TraceFiles } from '../../host/instruments/traceFiles.ts';
import { refuseEmpty, type ResolvedGuest } from '../guests/resolveGuest.ts';
import type { Places } from '../guests/places.ts';
import type { EventInstruments } from '../instruments/eventInstruments.ts';
import type { InstrumentsService } from '../instruments/instruments.ts';
import { guestToWatch } from './eventsOfBoot.ts';
import { proveSymbols } from './kernelSymbols.ts';

export interface PreparationTools {
  readonly guests: {
    get(id: string): { definition: GuestDefinition };
    resolve(definition: GuestDefinition): Promise<ResolvedGuest>;
    identify(definition: GuestDefinition): Promise<ImageIdentity[]>;
  };
  readonly instruments: Pick<InstrumentsService, 'choose' | 'get' | 'overheadOf'>;
  readonly eventInstruments: Pick<EventInstruments, 'choose'>;
  readonly places: Places;
  readonly traces: Pick<TraceFiles, 'requireRoom'>;
  readonly settings: { get(): Settings };
  readonly fingerprint: () => HostFingerprint;
  /** Throws NOT_FOUND. */
  readonly phaseTable: (id: string) => PhaseTable;
}

/** Makes a run and its plan from what was asked for; nothing is booted and nothing is stored yet. */
export async function prepareRun(input: StartMeasurement, tools: PreparationTools): Promise<Run> {
  const prepared = withTables(await prepareSubjects(input, tools), tools);
  const subjects = withControl(prepared, wantsControl(input));
  const [first] = subjects;
  if (first === undefined) throw new DeclaredError('INPUT_INVALID', { issues: [{ path: 'subjects', message: 'name at least one guest' }] });
  const instrument = await chooseInstrument(subjects, input, tools);
  const phaseTable = tools.phaseTable(first.guest.phaseTable);
  const kind = input.kind;
  const settings = tools.settings.get();
  const runs = input.runs ?? settings.measurementRuns;
  const { symbolFile, traceLimitBytes } = input.events ?? {};
  if (symbolFile != null) await proveSymbols(subjects, symbolFile, tools.guests);
  if (traceLimitBytes !== undefined) await tools.traces.requireRoom(traceLimitBytes);
  return {
    id: `run-${randomBytes(4).toString('hex')}`,
    kind,
    name: input.name ?? defaultName(kind, subjects, runs),
    question: input.question ?? '',
    createdAt: new Date().toISOString(),
    endedAt: null,
    state: 'running',
    subjects,
    plan: planRun({
      subjects: subjects.map(({ key }) => key),
      runs,
      warmUps: input.warmUps ?? settings.measurementWarmUps,
      timeLimitSeconds: input.timeLimitSeconds ?? settings.bootTimeLimitSeconds,
      outputLimitBytes: settings.bootOutputLimitBytes,
      instrument: instrument.name,
      events: await chooseEvents(subjects, phaseTable, input, tools),
      seed: input.seed ?? randomInt(2 ** 31),
    }),
    phaseTable,
    host: tools.fingerprint(),
    overhead: tools.instruments.overheadOf(instrument.name, first.qemu),
    failure: null,
    notes: '',
    tags: [],
    saved: input.save ?? true,
  };
}

async function prepareSubjects({ subjects }: StartMeasurement, { guests }: PreparationTools): Promise<Subject[]> {
  const prepared: Subject[] = [];
  for (const [position, { guest, label, accelerator, extraArguments = '' }] of subjects.entries()) {
    const { definition } = guests.get(guest);
    refuseEmpty(definition);
    const resolved = await guests.resolve({ ...definition, accelerator: accelerator ?? definition.accelerator });
    const ownLabel = [definition.name, accelerator, extraArguments].filter((word) => word !== undefined && word !== '').join(', ');
    prepared.push({
      key: String.fromCharCode(97 + position),
      label: (label ?? ownLabel).slice(0, 120),
      guest: definition,
      accelerator: resolved.accelerator,
      qemu: resolved.program,
      extraArguments,
      images: await guests.identify(definition),
      control: false,
    });
  }
  return prepared;
}

/** The first subject once more, under the next key. */
function withControl(subjects: Subject[], control: boolean): Subject[] {
  const [first] = subjects;
  if (!control || first === undefined) return subjects;
  return [...subjects, { ...first, key: String.fromCharCode(97 + subjects.length), label: `${first.label.slice(0, 100)} (A/A control)`, control: true }];
}

/** One instrument for all subjects: times by different techniques are not compared. */
async function chooseInstrument(subjects: readonly Subject[], { instrument }: StartMeasurement, { instruments, places }: PreparationTools): Promise<Instrument> {
  const choices: Instrument[] = [];
  for (const { qemu, guest } of subjects) {
    const traceEvents = await places.of(guest.place).elsewhere?.traceEvents(guest);
    choices.push(await instruments.choose(instrument, qemu, guest.architecture, traceEvents));
  }
  const [first] = choices;
  return first !== undefined && choices.every((choice) => choice === first) ? first : instruments.get('serialSocket');
}

/** One event instrument for all subjects, which sees most of what is wanted; null when no events are. */
async function chooseEvents(subjects: readonly Subject[], runTable: PhaseTable, { kind, events: wishes }: StartMeasurement, { eventInstruments, settings }: PreparationTools): Promise<EventPlan | null> {
  const plan = planEvents(kind, wishes, settings.get().memoryModel);
  if (plan === null) return null;
  const names: InstrumentName[] = [];
  for (const subject of subjects) {
    const { guest, accelerator } = subject;
    const table = tableOf({ phaseTable: runTable }, subject);
    if (plan.load !== null && table.prompt === null) throw new DeclaredError('INPUT_INVALID', { issues: [{ path: 'events.load', message: `no prompt of ${table.system} is known at which a load could be typed` }] });
    if (plan.logicalTime) refuseLogicalTime({ accelerator, machine: guest.machine });
    if (guest.place.kind !== 'qemu') throw new DeclaredError('INSTRUMENT_UNAVAILABLE', { instrument: wishes?.instrument ?? 'any that sees events', reason: `${guest.name} runs in a container: events are seen of a QEMU on this host only` });
    names.push((await eventInstruments.choose(wishes?.instrument, guestToWatch(subject, table), plan)).instrument.name);
  }
  const [first, ...others] = names;
  if (first === undefined || others.some((name) => name !== first)) throw new DeclaredError('RUNS_NOT_COMPARABLE', { reason: `no instrument sees the events of all guests: ${names.join(', ')}` });
  return { ...plan, instrument: first };
}

/** A subject of another system than the first keeps its own phases with it: the two have ratios and no verdicts. */
function withTables(subjects: readonly Subject[], { phaseTable }: PreparationTools): Subject[] {
  const own = subjects[0]?.guest.phaseTable;
  return subjects.map((subject) => (subject.guest.phaseTable === own ? subject : { ...subject, phaseTable: phaseTable(subject.guest.phaseTable) }));
}

const unitOfKind: Readonly<Record<MeasurementKind, string>> = { boot: 'boot', syscalls: 'window of system calls', memory: 'window of memory', ipc: 'window of messages' };

function defaultName(kind: MeasurementKind, subjects: readonly Subject[], runs: number): string {
  const names = [...new Set(subjects.filter(({ control }) => !control).map(({ label }) => label))].join(' and ');
  return `${names.slice(0, 100).trim()}, ${kind === 'boot' ? `${runs} ${runs === 1 ? 'boot' : 'boots'}` : `${unitOfKind[kind]}, ${runs} ${runs === 1 ? 'time' : 'times'}`}`;
}
