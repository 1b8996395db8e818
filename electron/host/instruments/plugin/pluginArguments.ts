import type { EventPlan } from '../../../contract/measurements.ts';
import type { MemoryModel } from '../../../contract/metrics.ts';
import { recordedKinds } from '../../../core/measurements/recordedKinds.ts';

export type PluginEvent = 'call' | 'return' | 'fault' | 'space' | 'interrupt' | 'symbol' | 'profile' | 'model' | 'instructions';

/** What the plugin is told on QEMU's command line; resources/plugin/README.md explains each. */
export interface PluginOptions {
  readonly out: string;
  readonly events: readonly PluginEvent[];
  readonly control?: string;
  readonly limitBytes?: number;
  readonly symbols?: string;
  /** Interrupt vectors that are system calls. */
  readonly vectors?: readonly number[];
  readonly messages?: 'minix' | 'minix2' | 'mach';
  readonly exact?: boolean;
  readonly window?: 'open' | 'closed';
  readonly profileEvery?: number;
  readonly faultHandler?: bigint;
  /** Where the code of a kernel that may move itself was linked to begin. */
  readonly kernel?: bigint;
  readonly model?: Partial<MemoryModel>;
  /** One in so many lines of a page is modelled. */
  readonly modelEvery?: number;
  /** Instructions in a step of the working set. */
  readonly modelStep?: number;
  /** Only references to these addresses are counted; the others pass through the model as well. */
  readonly modelData?: { readonly from: bigint; readonly to: bigint };
}

const hex = (value: bigint | number): string => value.toString(16);

function sizeOptions(model: Partial<MemoryModel>): [string, string][] {
  const caches = { l1d: model.l1Data, l1i: model.l1Instruction, llc: model.lastLevel };
  const tlbs = { dtlb: model.dataTlb, itlb: model.instructionTlb, stlb: model.secondTlb };
  const options: [string, string][] = [];
  for (const [key, size] of Object.entries(caches)) if (size !== undefined) options.push([key, `${size.sets}x${size.ways}x${size.lineBytes}`]);
  for (const [key, size] of Object.entries(tlbs)) if (size !== undefined) options.push([key, `${size.sets}x${size.ways}`]);
  return options;
}

/** QEMU's arguments for the plugin. QEMU parts options at commas and wants a comma of a value doubled. */
export function pluginArguments(plugin: string, options: PluginOptions): string[] {
  const given: [string, string | number | undefined][] = [
    ['out', options.out],
    ['events', options.events.join('+')],
    ['control', options.control],
    ['cap', options.limitBytes],
    ['symbols', options.symbols],
    ['vectors', options.vectors?.map(hex).join('+')],
    ['messages', options.messages],
    ['exact', options.exact === true ? 'on' : undefined],
    ['window', options.window],
    ['profileEvery', options.profileEvery],
    ['kernel', options.kernel === undefined ? undefined : hex(options.kernel)],
    ['faultHandler', options.faultHandler === undefined ? undefined : hex(options.faultHandler)],
    ...sizeOptions(options.model ?? {}),
    ['every', options.modelEvery],
    ['modelStep', options.modelStep],
    ['modelData', options.modelData === undefined ? undefined : `${hex(options.modelData.from)}-${hex(options.modelData.to)}`],
  ];
  const words = given.filter(([, value]) => value !== undefined).map(([key, value]) => `${key}=${String(value).replaceAll(',', ',,')}`);
  return ['-plugin', [`file=${plugin.replaceAll(',', ',,')}`, ...words].join(',')];
}

/** How a system's programs call their kernel. */
export interface CallConvention {
  readonly vectors: readonly number[];
  readonly messages?: 'minix' | 'minix2' | 'mach';
}

const MINIX: CallConvention = { vectors: [0x20, 0x21, 0x22, 0x23], messages: 'minix' };
const conventions: readonly { readonly system: RegExp; readonly convention: CallConvention }[] = [
  { system: /^(builtin|minix-?3)/, convention: MINIX },
  { system: /^minix/, convention: { vectors: [0x20, 0x21], messages: 'minix2' } },
  { system: /^(gnumach|mach|hurd)/, convention: { vectors: [], messages: 'mach' } },
  { system: /^linux/, convention: { vectors: [0x80] } },
  { system: /^xv6/, convention: { vectors: [0x40] } },
];

/** By the system's name; one that is not known is watched at every vector that some system uses. */
export function callConvention(system: string): CallConvention {
  return conventions.find((known) => known.system.test(system))?.convention ?? { vectors: [0x20, 0x21, 0x22, 0x23, 0x40, 0x80] };
}

/** The events that a plan's metrics need. */
export function eventsFor(plan: Pick<EventPlan, 'metrics' | 'model' | 'profileEvery'>, hasSymbols: boolean): PluginEvent[] {
  return [...recordedKinds(plan, hasSymbols), 'instructions'];
}
