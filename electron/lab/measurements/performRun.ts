import { DeclaredError } from '../../contract/errors.ts';
import type { PhaseStamp, Plan, Run, RunEvent, Sample, Subject } from '../../contract/measurements.ts';
import { tableOf } from '../../core/measurements/subjectTable.ts';
import { timeMarksText, type TimeMarks } from '../../core/measurements/timeMarks.ts';
import type { Blobs } from '../../host/storage/blobs.ts';
import { toFailure } from '../implementer.ts';
import type { ConsolesService } from '../consoles/consoles.ts';
import type { ResolvedGuest } from '../guests/resolveGuest.ts';
import type { BootTools } from '../instruments/stampedBoot.ts';
import type { Log } from '../log.ts';
import { eventsOfBoot, guestToWatch, probedOnce, type EventsOfBoot, type EventTools } from './eventsOfBoot.ts';
import type { Loads } from './loads.ts';
import { measureBoot } from './measureBoot.ts';
import type { PreparationTools } from './prepareRun.ts';
import type { RunStore } from './runStore.ts';

export interface PerformanceTools extends BootTools, Pick<PreparationTools, 'guests' | 'instruments'> {
  readonly consoles: Pick<ConsolesService, 'attach' | 'remove' | 'openRecording'>;
  readonly blobs: Pick<Blobs, 'put'>;
  readonly events: EventTools;
  readonly loads: Pick<Loads, 'workOf'>;
  readonly store: RunStore;
  readonly log: Log;
}

export interface Performance {
  readonly run: Run;
  readonly signal: AbortSignal;
  readonly publish: (event: RunEvent) => void;
}

/** A boot of the plan and its place in it, which is also the index of its sample. */
interface Step {
  readonly index: number;
  readonly subject: Subject;
  readonly warmUp: boolean;
}

/**
 * Carries out what is left of a run's plan, in its order. Each sample is on the disk before the next boot begins.
 * Throws RUNS_NOT_COMPARABLE when QEMU or an image is not the run's own,
 * when a boot could not be started or a sample not be stored, and when it is cancelled.
 */
export async function performRun(performance: Performance, tools: PerformanceTools): Promise<void> {
  const { run, signal } = performance;
  const resolved = await resolveSubjects(run, tools);
  const ofRun = { ...tools, events: probedOnce(tools.events) };
  const done = new Set(tools.store.numbers(run.id).map(({ index }) => index));
  for (const step of stepsOf(run).filter(({ index }) => !done.has(index))) {
    signal.throwIfAborted();
    await refuseOtherImages(step.subject, tools.guests);
    await performStep(performance, step, resolved.get(step.subject.key), ofRun);
  }
}

function stepsOf({ plan, subjects }: { plan: Plan; subjects: readonly Subject[] }): Step[] {
  return plan.order.flatMap(({ subject: key, warmUp }, index) => {
    const subject = subjects.find((candidate) => candidate.key === key);
    return subject === undefined ? [] : [{ index, subject, warmUp }];
  });
}

/** A run is carried out by one QEMU and with the same images only: with others its boots could not be compared. */
export async function resolveSubjects({ subjects }: Run, { guests }: Pick<PreparationTools, 'guests'>): Promise<Map<string, ResolvedGuest>> {
  const resolved = new Map<string, ResolvedGuest>();
  for (const subject of subjects) {
    const { key, guest, accelerator, qemu } = subject;
    const now = await guests.resolve({ ...guest, accelerator });
    if (now.program.id !== qemu.id) throw new DeclaredError('RUNS_NOT_COMPARABLE', { reason: `the run was begun with QEMU ${qemu.id}, and ${now.program.id} is here now` });
    await refuseOtherImages(subject, guests);
    resolved.set(key, now);
  }
  return resolved;
}

/** Throws RUNS_NOT_COMPARABLE. A run that is older than the record of its images cannot be checked. */
async function refuseOtherImages({ guest, images }: Subject, guests: PreparationTools['guests']): Promise<void> {
  if (images.length === 0) return;
  const now = await guests.identify(guest);
  const other = images.find(({ path, digest }) => !now.some((image) => image.path === path && image.digest === digest));
  if (other !== undefined) throw new DeclaredError('RUNS_NOT_COMPARABLE', { reason: `the image ${other.path} is not the one that the run was begun with (SHA-256 ${other.digest})` });
}

async function performStep({ run, signal, publish }: Performance, { index, subject, warmUp }: Step, resolved: ResolvedGuest | undefined, tools: PerformanceTools): Promise<void> {
  if (resolved === undefined) return;
  const { consoles, store, blobs, log } = tools;
  const consoleId = bootConsole(run.id, index);
  try {
    const { sample: measured, serial, marks } = await measureBoot(
      {
        index, subject, warmUp, resolved, consoleId, signal,
        plan: run.plan,
        table: tableOf(run, subject),
        instrument: tools.instruments.get(run.plan.instrument),
        events: eventsOf(run, subject, resolved, tools),
        calibration: (instrument) => tools.events.calibration.state(instrument, guestToWatch(subject, tableOf(run, subject)), 'bootTime'),
        onConsole: () => publish({ type: 'boot', index, subject: subject.key, warmUp, console: consoleId }),
        onPhase: (stamp: PhaseStamp) => publish({ type: 'phase', index, stamp }),
        toFailure: (error) => toFailure(error, 'measurements', log),
      },
      tools,
    );
    const serialDigest = run.saved && serial.length > 0 ? blobs.put(serial) : null;
    const sample: Sample = { ...measured, serialDigest, ...(run.saved && { marks: keepMarks(marks, blobs) }) };
    store.addSample(run, sample);
    publish({ type: 'sample', sample });
  } finally {
    consoles.remove(consoleId);
    showRecordings(run, store.sampleAt(run.id, index), consoles);
  }
}

function keepMarks(marks: TimeMarks, blobs: Pick<Blobs, 'put'>): Sample['marks'] {
  const bytes = Buffer.from(timeMarksText(marks));
  return { digest: blobs.put(bytes), bytes: bytes.length };
}

function eventsOf({ plan, phaseTable, saved }: Run, subject: Subject, resolved: ResolvedGuest, tools: PerformanceTools): EventsOfBoot | null {
  if (plan.events === null) return null;
  const { load } = plan.events;
  const work = load === null ? null : tools.loads.workOf(subject.guest, load);
  return eventsOfBoot({ subject, table: tableOf({ phaseTable }, subject), plan: plan.events, resolved, saved, work, toFailure: (error) => toFailure(error, 'measurements', tools.log) }, tools.events);
}

export function bootConsole(run: string, index: number): string {
  return `run/${run}/${index}/serial0`;
}

/** Finished boots are read from their blobs, under the same names as while they ran. */
export function showRecordings(run: Run, samples: readonly Sample[], consoles: Pick<ConsolesService, 'openRecording'>): void {
  for (const { index, serialDigest } of samples) if (serialDigest !== null) consoles.openRecording(bootConsole(run.id, index), serialDigest);
}
