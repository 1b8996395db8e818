import { DeclaredError } from '../../contract/errors.ts';
import type { GuestDefinition } from '../../contract/guests.ts';
import type { GuestLoad, PhaseTable } from '../../contract/measurements.ts';
import { metricName, type MetricName, type Reading } from '../../contract/metrics.ts';
import { unavailable } from '../../core/measurements/collectMetrics.ts';
import { guestSystem } from '../../core/measurements/guestSystem.ts';
import { metricWords } from '../../core/measurements/metricNames.ts';
import { networkTechnique } from '../../core/measurements/networkReadings.ts';
import { ARRIVAL_NS, diskTechnique, loadTechnique, neverTaken } from '../../core/measurements/otherReadings.ts';
import { planEvents } from '../../core/measurements/planEvents.ts';
import type { EventInstruments } from '../instruments/eventInstruments.ts';
import { guestToWatch, type EventTools } from './eventsOfBoot.ts';
import type { PreparationTools } from './prepareRun.ts';

export interface OutlookTools extends Pick<PreparationTools, 'guests' | 'instruments' | 'places' | 'phaseTable' | 'settings'> {
  readonly eventInstruments: Pick<EventInstruments, 'outlook'>;
  readonly events: Pick<EventTools, 'calibration'>;
  readonly loadsOf: (guest: GuestDefinition) => readonly GuestLoad[];
}

type Probed = Awaited<ReturnType<EventInstruments['outlook']>>;

/**
 * What would be measured of a guest, before anything is: a reading without a value for each metric and each instrument that would give
 * it, the preferred instrument first, and one that is unavailable where none would. Throws what is wrong with the guest or its QEMU.
 */
export async function outlookOf(id: string, tools: OutlookTools): Promise<Reading[]> {
  const { definition } = tools.guests.get(id);
  const { accelerator, program: qemu } = await tools.guests.resolve(definition);
  const table = tools.phaseTable(definition.phaseTable);
  const guest = guestToWatch({ guest: definition, qemu, accelerator }, table);
  const probed: Probed = definition.place.kind === 'qemu' ? await tools.eventInstruments.outlook(guest) : [];
  const ofEvents = eventOutlook({ probed, guest, definition, table }, tools);
  const readings = await Promise.all(
    metricName.options.map(async (metric): Promise<Reading[]> => {
      if (metric === 'bootTime') return [await bootTimeOutlook(definition, qemu, tools)];
      const never = neverTaken(metric, accelerator, definition.network.kind === 'user');
      if (never !== null) return [unavailable(metric, null, never.reason)];
      return otherOutlook(metric, table, tools.loadsOf(definition)) ?? ofEvents(metric);
    }),
  );
  return readings.flat();
}

async function bootTimeOutlook(definition: GuestDefinition, qemu: Parameters<OutlookTools['instruments']['overheadOf']>[1], { instruments, places }: OutlookTools): Promise<Reading> {
  try {
    const traceEvents = await places.of(definition.place).elsewhere?.traceEvents(definition);
    const { name, provenance } = await instruments.choose(undefined, qemu, definition.architecture, traceEvents);
    const { technique, resolutionNs } = provenance;
    return { ...expected('bootTime', 'measured', technique, resolutionNs), instrument: name, overhead: instruments.overheadOf(name, qemu)?.ratio ?? null };
  } catch (error) {
    if (!(error instanceof DeclaredError)) throw error;
    return unavailable('bootTime', null, 'no instrument stamps what this guest prints');
  }
}

/** A reading that is not taken yet. */
function expected(metric: MetricName, certainty: Reading['certainty'], technique: string, resolution: number | null): Reading {
  return { metric, certainty, value: null, unit: metricWords[metric].unit, instrument: null, technique, resolution, overhead: null, calibration: 'never', reason: null };
}

/** Metrics that no event instrument gives; null for all others. */
function otherOutlook(metric: MetricName, { prompt, system }: PhaseTable, loads: readonly GuestLoad[]): Reading[] | null {
  switch (metric) {
    case 'blockOperations':
    case 'blockBytesRead':
    case 'blockBytesWritten':
      return [{ ...expected(metric, 'measured', diskTechnique, 1), instrument: 'qmp' }];
    case 'networkBytesReceived':
    case 'networkBytesSent':
      return [{ ...expected(metric, 'measured', networkTechnique, 1), instrument: 'qmp', reason: 'the boot then has the guest’s network, without its forwards' }];
    case 'workTime':
    case 'workRate':
      if (prompt === null) return [unavailable(metric, null, `no prompt of ${system} is known at which a load could be typed`)];
      if (metric === 'workRate' && !loads.some(({ work, impossible }) => work !== null && impossible === null)) return [unavailable(metric, null, 'there is no load of this system whose work is counted')];
      if (metric === 'workTime') return [{ ...expected(metric, 'measured', loadTechnique, ARRIVAL_NS), instrument: 'console', reason: 'only with a load' }];
      return [{ ...expected(metric, 'measured', loadTechnique, null), instrument: 'console', reason: 'only with a load; its step is what 100 µs of the load’s time make of the rate' }];
    default:
      return null;
  }
}

interface EventOutlook {
  readonly probed: Probed;
  readonly guest: ReturnType<typeof guestToWatch>;
  readonly definition: GuestDefinition;
  readonly table: PhaseTable;
}

function eventOutlook({ probed, guest, definition, table }: EventOutlook, { events, settings }: OutlookTools): (metric: MetricName) => Reading[] {
  const usual = planEvents('syscalls', undefined, settings.get().memoryModel);
  const { switchSymbol } = guestSystem(table, guest.architecture);
  return (metric) => {
    if (definition.place.kind !== 'qemu') return [unavailable(metric, null, `${definition.name} runs in a container: events are seen of a QEMU on this host only`)];
    if (metric === 'contextSwitches' && switchSymbol === null) return [unavailable(metric, null, 'no symbol is known at which this kernel goes on with another thread')];
    const given = probed.flatMap(({ instrument, available, metrics }): Reading[] => {
      const one = available ? metrics.find((candidate) => candidate.metric === metric && candidate.certainty !== 'unavailable') : undefined;
      if (one === undefined) return [];
      const overhead = usual === null ? null : events.calibration.overhead(instrument, guest, { ...usual, instrument });
      return [{ ...expected(metric, one.certainty, one.technique, one.resolution), instrument, overhead, calibration: events.calibration.state(instrument, guest, metric), reason: one.reason }];
    });
    return given.length > 0 ? given : [unavailable(metric, null, whyNot(metric, probed))];
  };
}

/** What each instrument said of it, the same words once. */
function whyNot(metric: MetricName, probed: Probed): string {
  const reasons = probed.flatMap(({ available, reason, metrics }) => {
    const said = available ? metrics.find((candidate) => candidate.metric === metric)?.reason : reason;
    return said == null || said === '' ? [] : [said];
  });
  return reasons.length === 0 ? 'no instrument here sees it' : [...new Set(reasons)].join('; ');
}
