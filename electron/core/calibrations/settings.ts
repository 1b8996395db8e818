import type { InstrumentName } from '../../contract/instruments.ts';
import type { EventPlan } from '../../contract/measurements.ts';
import type { MemoryModel, MetricName } from '../../contract/metrics.ts';
import { eventPlan, type BootToCalibrate } from './experiment.ts';

/** A way to use an instrument that has a cost of its own. */
export interface InstrumentSetting {
  readonly instrument: InstrumentName;
  /** As it stands beside the cost. */
  readonly setting: string;
  /** Null where only the serial port is looked at. */
  readonly plan: EventPlan | null;
  readonly symbols: BootToCalibrate['symbols'];
}

/** The work of each boot whose time is compared: enough that it is not the boot alone. Each load is of a kind that some instrument sees. */
export const OBSERVED_WORK = { kernelArguments: 'calls=20000 faults=5000 switches=5000 stride=64,200000', asked: 4 } as const;
/** The same for a reader: a boot alone costs less. */
export const OBSERVED_WORK_WORDS = '20,000 calls, 5,000 faults, 5,000 switches and 200,000 loads of memory';

const FROM_SPAWN = { window: { from: 'spawn', durationSeconds: null } } as const;
const MODEL: MemoryModel = {
  l1Data: { sets: 64, ways: 8, lineBytes: 64 }, l1Instruction: { sets: 64, ways: 8, lineBytes: 64 }, lastLevel: { sets: 1024, ways: 16, lineBytes: 64 },
  dataTlb: { sets: 16, ways: 4 }, instructionTlb: { sets: 16, ways: 4 }, secondTlb: { sets: 128, ways: 8 },
};

const EVENTS: readonly MetricName[] = ['systemCalls', 'pageFaults', 'addressSpaceSwitches'];

function withEvents(instrument: InstrumentName, setting: string, metrics: readonly MetricName[], change: Partial<EventPlan> = {}, symbols: readonly string[] = []): InstrumentSetting {
  return { instrument, setting, plan: eventPlan(instrument, metrics, { ...FROM_SPAWN, ...change }), symbols: symbols.map((name) => ({ name, every: false })) };
}

/** What is switched on and off in the observer-effect meter. Of the plugin, what costs more comes later. */
export const settings: readonly InstrumentSetting[] = [
  { instrument: 'serialTrace', setting: 'stamps', plan: null, symbols: [] },
  { instrument: 'serialSocket', setting: 'stamps', plan: null, symbols: [] },
  withEvents('plugin', 'instructions', ['instructions']),
  withEvents('plugin', 'events', EVENTS),
  withEvents('plugin', 'profile', [], { profileEvery: 10_000 }),
  withEvents('plugin', 'model', ['l1DataMisses'], { model: MODEL }),
  withEvents('plugin', 'logical time', ['instructions'], { logicalTime: true }),
  withEvents('eventLog', 'events', EVENTS),
  withEvents('gdbstub', '8 symbols', ['bootTime'], {}, ['pre_init_work', 'options_work', 'cstart_work', 'process_init_work', 'memory_init_work', 'system_init_work', 'scheduler_ready_work', 'shell_prompt_work']),
];

/** The setting whose cost is that of a plan: the dearest thing that the plan switches on. */
export function settingOf({ instrument, logicalTime, model, profileEvery, metrics }: EventPlan): string {
  if (instrument === 'gdbstub') return '8 symbols';
  if (instrument !== 'plugin') return 'events';
  if (logicalTime) return 'logical time';
  if (model !== null) return 'model';
  if (profileEvery !== null) return 'profile';
  return metrics.some((metric) => metric !== 'instructions') ? 'events' : 'instructions';
}
