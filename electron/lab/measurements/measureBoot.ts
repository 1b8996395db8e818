import type { Failure } from '../../contract/errors.ts';
import type { PhaseStamp, Plan, PhaseTable, Sample, Subject } from '../../contract/measurements.ts';
import type { SampleMetrics } from '../../contract/metrics.ts';
import type { Instrument } from '../../core/instruments/instrument.ts';
import { addPhaseSymbols } from '../../core/measurements/phaseSymbols.ts';
import { closeBoot, type BootClosing } from '../../core/measurements/closeBoot.ts';
import { createMarkKeeper, noWindowMarks, type TimeMarks } from '../../core/measurements/timeMarks.ts';
import { timingOf, type CalibrationOfTimes } from '../../core/measurements/timing.ts';
import { beginPhases, matchPhases } from '../../core/measurements/phases.ts';
import { readLoad } from '../../host/system/fingerprint.ts';
import type { ResolvedGuest } from '../guests/resolveGuest.ts';
import type { EventsOfBoot } from './eventsOfBoot.ts';
import { runStampedBoot, type BootEnding, type BootTools } from '../instruments/stampedBoot.ts';

export interface PlannedBoot {
  readonly index: number;
  readonly subject: Subject;
  readonly warmUp: boolean;
  readonly plan: Plan;
  readonly table: PhaseTable;
  readonly resolved: ResolvedGuest;
  readonly instrument: Instrument;
  readonly events: EventsOfBoot | null;
  readonly calibration: CalibrationOfTimes;
  readonly consoleId: string;
  readonly signal: AbortSignal;
  /** The boot's console can be read from now on. */
  readonly onConsole: () => void;
  readonly onPhase: (stamp: PhaseStamp) => void;
  /** Words for an error that is no declared one. */
  readonly toFailure: (error: unknown) => Failure;
}

/** A sample that is not stored yet, the bytes that the guest printed, and when it did. */
export interface MeasuredBoot {
  readonly sample: Omit<Sample, 'serialDigest' | 'marks'>;
  readonly serial: Uint8Array;
  readonly marks: TimeMarks;
}

/** Boots once and gives its sample, complete or not. Throws only when QEMU could not be started, or when it is cancelled. */
export async function measureBoot(boot: PlannedBoot, tools: BootTools): Promise<MeasuredBoot> {
  const { index, subject, warmUp, plan, table, resolved, instrument } = boot;
  const startedAt = new Date().toISOString();
  const load = readLoad();
  const keeper = createMarkKeeper();
  let progress = beginPhases(table);
  const { ending, argv, serial, place, spawnNs } = await runStampedBoot(
    {
      consoleId: boot.consoleId,
      definition: subject.guest,
      resolved,
      kernelArguments: [subject.guest.boot.arguments, subject.extraArguments].filter((words) => words !== '').join(' '),
      arm: (preparation) => instrument.arm(preparation),
      timeLimitMs: plan.timeLimitSeconds * 1_000,
      outputLimitBytes: plan.outputLimitBytes,
      signal: boot.signal,
      ...(boot.events && { events: boot.events.wanted }),
      onConsole: boot.onConsole,
      take(stamped) {
        const before = progress.seen.size;
        keeper.take(stamped);
        progress = matchPhases(progress, stamped);
        for (const stamp of [...progress.seen.values()].slice(before)) {
          boot.events?.onPhase(stamp);
          boot.onPhase(stamp);
        }
        return progress.ended;
      },
    },
    tools,
  );
  const closed = closeBoot(progress, table, closingOf(ending, boot, serial.length), plan.timeLimitSeconds);
  const metrics = boot.events?.metrics() ?? null;
  const phases = metrics === null || plan.events === null ? closed.phases : addPhaseSymbols(closed.phases, table, metrics.symbols, plan.events.instrument);
  const timing = timingOf(instrument.provenance, symbolsSeen(plan, metrics, boot.events), boot.calibration);
  return {
    sample: { index, subject: subject.key, warmUp, startedAt, load, argv, ...(place && { place }), provenance: instrument.provenance, timing, serialBytes: serial.length, metrics, ...closed, phases },
    serial,
    marks: { ...keeper.marks(progress.seen.values()), ...(boot.events?.marks() ?? noWindowMarks), spawnNs: boot.events === null ? null : spawnNs },
  };
}

function symbolsSeen({ events: plan }: Plan, metrics: SampleMetrics | null, events: EventsOfBoot | null): Parameters<typeof timingOf>[1] {
  if (plan === null || metrics === null || metrics.symbols.length === 0) return null;
  return { instrument: plan.instrument, resolutionNs: events?.symbolResolutionNs() ?? null };
}

function closingOf(ending: BootEnding, { plan, toFailure }: PlannedBoot, bytes: number): BootClosing {
  if (ending.kind === 'unstamped') return { kind: 'unstamped', failure: toFailure(ending.error) };
  if (ending.kind === 'outputLimit') return { kind: 'outputLimit', bytes, limitBytes: plan.outputLimitBytes };
  return ending;
}
