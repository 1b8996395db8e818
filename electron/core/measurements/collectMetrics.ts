import { median } from 'simple-statistics';
import type { CalibratedInstrument } from '../../contract/calibrations.ts';
import type { EventPlan } from '../../contract/measurements.ts';
import type { CalibrationState, CallTable, MemoryPicture, MetricName, Profile, Reading, SampleMetrics, SymbolStamp } from '../../contract/metrics.ts';
import type { InstrumentName } from '../../contract/instruments.ts';
import type { MetricOutlook } from '../instruments/eventInstrument.ts';
import { countingSteps, workingSetSteps, type WorkingSetStep } from '../memory/workingSet.ts';
import type { EventReducer } from '../traces/eventReducer.ts';
import type { ModelCounters, ModelEvent, TraceEvent, TraceTotals } from '../traces/traceEvent.ts';
import { metricWords } from './metricNames.ts';
import type { OtherReading } from './otherReadings.ts';

/** What the events of one window come to, apart from what needs the guest's own tables. */
export interface EventCounts {
  readonly symbols: SymbolStamp[];
  /** Of the last counters of the window less the first ones, null without a model. */
  readonly model: ModelCounters | null;
  /** Distinct pages touched in each step, null without a model. */
  readonly workingSetPages: number | null;
  /** How often the symbol at which the kernel switches threads was reached, null when it was not watched. */
  readonly contextSwitches: number | null;
}

/** Counts what every guest has. `switchSymbol` is where this kernel goes on with another thread; where the kernel moves itself it is found only when that was seen. */
export function countEvents(switchSymbol: string | null, moves = false): EventReducer<EventCounts> {
  let isFound = !moves;
  /** Hits are counted from the load on, also before the window. */
  const switches = { before: 0, last: 0 };
  const symbols = new Map<string, SymbolStamp>();
  const models: ModelEvent[] = [];
  const workingSet = workingSetSteps();
  return {
    take(event: TraceEvent) {
      if (event.kind === 'moved') isFound = true;
      if (event.kind === 'symbol') {
        const { symbol, atNs, instructions, hits } = event;
        const known = symbols.get(symbol);
        if (symbol === switchSymbol) {
          if (known === undefined) switches.before = hits - 1;
          switches.last = hits;
        }
        symbols.set(symbol, known === undefined ? { symbol, atNs, instructions, hits } : { ...known, hits });
      }
      if (event.kind === 'model') {
        workingSet.take(event);
        models.splice(1, 1, event);
      }
    },
    result: () => ({
      symbols: [...symbols.values()],
      model: modelOf(models),
      workingSetPages: workingSetPages(workingSet.result().steps),
      contextSwitches: switchSymbol === null || !isFound ? null : switches.last - switches.before,
    }),
  };
}

function workingSetPages(steps: readonly WorkingSetStep[]): number | null {
  return steps.length === 0 ? null : median(countingSteps(steps).map(({ pages }) => pages));
}

/** The counters count from the trace's begin; a window has its first ones at its begin. */
function modelOf([first, last]: readonly ModelEvent[]): ModelCounters | null {
  if (first === undefined) return null;
  if (last === undefined) return first.counters;
  return subtract(last.counters, first.counters);
}

function subtract<Value>(from: Value, value: Value): Value {
  if (typeof from === 'number' && typeof value === 'number') return (from - value) as Value;
  if (typeof from !== 'object' || from === null) return from;
  const entries = Object.entries(from).map(([key, part]: [string, unknown]) => [key, subtract(part, (value as Record<string, unknown>)[key])]);
  return Object.fromEntries(entries) as Value;
}

/** All from which the metrics of one sample are made. */
export interface Collected {
  readonly plan: EventPlan;
  readonly outlook: readonly MetricOutlook[];
  readonly totals: TraceTotals;
  readonly counts: EventCounts;
  readonly calls: CallTable | null;
  readonly memory: MemoryPicture | null;
  readonly profile: Profile | null;
  /** What instruments other than the plan's gave: disks by QMP, the load's time. */
  readonly others: Partial<Readonly<Record<MetricName, OtherReading>>>;
  /** `fromInstructions` had been carried out when it began; null where nobody counts them. */
  readonly window: { readonly fromNs: number; readonly toNs: number; readonly fromInstructions: number | null };
  readonly calibration: (instrument: CalibratedInstrument, metric: MetricName) => CalibrationState;
  readonly overhead: number | null;
}

/** The metrics of a sample; each metric of the plan has its reading, those that nobody could give with the reason. */
export function collectMetrics(collected: Collected): Pick<SampleMetrics, 'window' | 'logicalTime' | 'readings' | 'symbols' | 'calls' | 'memory' | 'profile'> {
  const { plan, totals, counts, calls, memory, profile, window } = collected;
  return {
    window: windowOf(window, totals),
    logicalTime: plan.logicalTime,
    readings: plan.metrics.map((metric) => readingOf(metric, collected)),
    symbols: counts.symbols,
    calls,
    memory,
    profile,
  };
}

/** The reading of the instructions is what lies between the two; without it neither means anything. */
function windowOf({ fromNs, toNs, fromInstructions }: Collected['window'], { instructions }: TraceTotals): SampleMetrics['window'] {
  if (fromInstructions === null || instructions === null) return { fromNs, toNs, fromInstructions: null, toInstructions: null };
  return { fromNs, toNs, fromInstructions, toInstructions: fromInstructions + instructions };
}

function readingOf(metric: MetricName, collected: Collected): Reading {
  const { plan, outlook, others, overhead, calibration } = collected;
  const { unit } = metricWords[metric];
  const other = others[metric];
  if (other !== undefined) {
    return { metric, certainty: 'measured', value: other.value, unit, instrument: other.instrument, technique: other.technique, resolution: other.resolution, overhead: null, calibration: calibration(other.instrument, metric), reason: null };
  }
  const expected = outlook.find((candidate) => candidate.metric === metric);
  const value = expected === undefined || expected.certainty === 'unavailable' ? null : valueOf(metric, collected);
  if (expected === undefined || value === null) return unavailable(metric, plan.instrument, expected?.reason ?? 'no instrument that was chosen sees it');
  const { certainty, technique, resolution, reason } = expected;
  return { metric, certainty, value, unit, instrument: plan.instrument, technique, resolution, overhead, calibration: calibration(plan.instrument, metric), reason };
}

export function unavailable(metric: MetricName, instrument: InstrumentName | null, reason: string): Reading {
  return { metric, certainty: 'unavailable', value: null, unit: metricWords[metric].unit, instrument, technique: '', resolution: null, overhead: null, calibration: 'never', reason };
}

function valueOf(metric: MetricName, { totals, counts, calls, memory }: Collected): number | null {
  switch (metric) {
    case 'instructions':
      return totals.instructions;
    case 'systemCalls':
      return totals.calls;
    case 'ipcRoundTrips':
      return calls?.roundTrips?.count ?? null;
    case 'pageFaults':
      return totals.faults;
    case 'minorPageFaults':
      return memory?.faults?.minor ?? null;
    case 'majorPageFaults':
      return memory?.faults?.major ?? null;
    case 'addressSpaceSwitches':
      return totals.spaceLoads;
    case 'contextSwitches':
      return counts.contextSwitches;
    case 'interrupts':
      return totals.interrupts;
    case 'workingSet':
      return counts.workingSetPages;
    default:
      return counts.model === null ? null : modelledValue(metric, counts.model);
  }
}

/** A metric of the memory model from its counters; null for others. */
export function modelledValue(metric: MetricName, model: ModelCounters): number | null {
  const { l1Data, l1Instruction, lastLevel, dataTlb, instructionTlb } = model;
  switch (metric) {
    case 'l1DataReferences':
      return l1Data.loads + l1Data.stores;
    case 'l1DataMisses':
      return l1Data.loadMisses + l1Data.storeMisses;
    case 'l1InstructionReferences':
      return l1Instruction.references;
    case 'l1InstructionMisses':
      return l1Instruction.misses;
    // perf's cache-references and cache-misses are those of the last level on Intel processors.
    case 'cacheReferences':
    case 'lastLevelReferences':
      return lastLevel.references;
    case 'cacheMisses':
    case 'lastLevelMisses':
      return lastLevel.misses;
    case 'tlbLoadMisses':
      return dataTlb.loadMisses;
    case 'tlbStoreMisses':
      return dataTlb.storeMisses;
    case 'dataTlbMisses':
      return dataTlb.loadMisses + dataTlb.storeMisses;
    case 'instructionTlbMisses':
      return instructionTlb.misses;
    default:
      return null;
  }
}
