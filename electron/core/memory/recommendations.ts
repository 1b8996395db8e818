import type { MemoryModel, MemoryPicture, Recommendation } from '../../contract/metrics.ts';
import type { ModelCounters } from '../traces/traceEvent.ts';
import { amount, percent } from './amount.ts';
import { majorPerSecond, perMillionInstructions } from './faultSeverity.ts';
import { missRatio, trafficOf, type Traffic } from './modelCounters.ts';

/** Everything that a rule may look at; counts are those of the window. */
export interface MemoryFacts extends Pick<MemoryPicture, 'faults' | 'model'> {
  readonly counters: ModelCounters | null;
  readonly sizes: MemoryModel | null;
  readonly copiesOnWrite: number;
  readonly instructions: number | null;
  readonly spaceLoads: number;
}

export interface RecommendationRule {
  readonly rule: string;
  /** When it applies, and why at these numbers. */
  readonly when: string;
  readonly text: string;
  /** The numbers that it rests on, as sentences; null when it does not apply. */
  readonly because: (facts: MemoryFacts) => readonly string[] | null;
}

/** Fewer references say nothing. */
const FEWEST_REFERENCES = 10_000;
const FEWEST_FAULTS = 100;

interface ModelledFacts {
  readonly traffic: ReturnType<typeof trafficOf>;
  readonly sizes: MemoryModel;
  readonly model: NonNullable<MemoryPicture['model']>;
  readonly instructions: number;
  readonly spaceLoads: number;
}

/** For rules about the model: null when there was none, or too little went through it. */
function modelled({ counters, sizes, model, instructions, spaceLoads }: MemoryFacts): ModelledFacts | null {
  if (counters === null || sizes === null || model === null || instructions === null || instructions === 0) return null;
  const traffic = trafficOf(counters);
  return traffic.l1Data.references < FEWEST_REFERENCES ? null : { traffic, sizes, model, instructions, spaceLoads };
}

function misses(of: string, traffic: Traffic): string {
  return `${of}: ${amount(traffic.misses)} misses in ${amount(traffic.references)} references (${percent(missRatio(traffic) ?? 0)}).`;
}

function entries({ sets, ways }: { readonly sets: number; readonly ways: number }): number {
  return sets * ways;
}

function largestWorkingSet({ workingSet }: NonNullable<MemoryPicture['model']>): number {
  return workingSet.reduce((most, { pages }) => Math.max(most, pages), 0);
}

const dataTlbReach: RecommendationRule = {
  rule: 'dataTlbReach',
  when: 'From 5 % data TLB misses on, with a working set of more pages than the TLB has entries. At some 30 cycles for a walk of the page tables that is 1.5 cycles more for each access.',
  text: 'The data is spread over more pages than the data TLB can hold. Use larger pages, or work on one part of the data until it is done, so that fewer pages are in use at a time.',
  because(facts) {
    const known = modelled(facts);
    if (known === null) return null;
    const { traffic, sizes, model } = known;
    const [pages, reach] = [largestWorkingSet(model), entries(sizes.dataTlb)];
    if ((missRatio(traffic.dataTlb) ?? 0) < 0.05 || pages <= reach) return null;
    return [misses('Data TLB', traffic.dataTlb), `Working set: up to ${amount(pages)} pages; the data TLB has ${amount(reach)} entries.`];
  },
};

const dataLayout: RecommendationRule = {
  rule: 'dataLayout',
  when: 'When accesses are strided and 10 % or more of them miss the first data cache: of each line that is fetched only a part is used.',
  text: 'The program goes through memory in steps and uses little of each cache line that it fetches. Lay out together what is used together: arrays of one field instead of records, or loops in the order in which the data lies.',
  because(facts) {
    const known = modelled(facts);
    if (known === null) return null;
    const { traffic, model } = known;
    if (model.accessPattern !== 'strided' || (missRatio(traffic.l1Data) ?? 0) < 0.1) return null;
    return [
      misses('First data cache', traffic.l1Data),
      'Access pattern: strided.',
      ...(model.spatialLocality === null ? [] : [`Spatial locality: ${percent(model.spatialLocality)} of accesses were less than a line from the one before.`]),
    ];
  },
};

const lastLevelThrash: RecommendationRule = {
  rule: 'lastLevelThrash',
  when: 'When half of what reaches the last cache is not there, and that 5 times or more in 1,000 instructions: at some 200 cycles for memory, a cycle for each instruction.',
  text: 'The data in use does not fit the last cache, so the guest waits for memory. Work in blocks that fit, make the data smaller, or read what is used once past the cache.',
  because(facts) {
    const known = modelled(facts);
    if (known === null) return null;
    const { traffic, sizes, instructions } = known;
    const perThousand = (traffic.lastLevel.misses * 1_000) / instructions;
    if ((missRatio(traffic.lastLevel) ?? 0) < 0.5 || perThousand < 5) return null;
    const kibibytes = (entries(sizes.lastLevel) * sizes.lastLevel.lineBytes) / 1_024;
    return [misses('Last-level cache', traffic.lastLevel), `${amount(perThousand)} misses in 1,000 instructions; the cache holds ${amount(kibibytes)} KiB.`];
  },
};

const instructionTlbReach: RecommendationRule = {
  rule: 'instructionTlbReach',
  when: 'From one instruction TLB miss in 1,000 instructions on (at some 30 cycles, 3 % of the time), when there are more of them than the TLB has to be filled again after switches of the address space.',
  text: 'The code in use is spread over more pages than the instruction TLB can hold. Put code that is used together on the same pages, build it smaller, or use larger pages for it.',
  because(facts) {
    const known = modelled(facts);
    if (known === null) return null;
    const { traffic, sizes, instructions, spaceLoads } = known;
    const { instructionTlb } = traffic;
    if (instructionTlb.misses * 1_000 < instructions || instructionTlb.misses <= spaceLoads * entries(sizes.instructionTlb)) return null;
    return [misses('Instruction TLB', instructionTlb), `${amount((instructionTlb.misses * 1_000) / instructions)} misses in 1,000 instructions; the TLB has ${amount(entries(sizes.instructionTlb))} entries.`];
  },
};

const addressSpaceSwitches: RecommendationRule = {
  rule: 'addressSpaceSwitches',
  when: 'From one TLB miss in 1,000 instructions on, when there are at least 100 switches of the address space in a million instructions and no more misses than it takes to fill the TLBs again after each.',
  text: 'The TLBs are emptied by each switch of the address space and have to be filled again. Send fewer and larger messages between processes, or let the kernel tag address spaces (PCID, ASID), so that entries survive a switch.',
  because(facts) {
    const known = modelled(facts);
    if (known === null) return null;
    const { traffic, sizes, instructions, spaceLoads } = known;
    const all = traffic.dataTlb.misses + traffic.instructionTlb.misses;
    const refill = entries(sizes.dataTlb) + entries(sizes.instructionTlb);
    if (all * 1_000 < instructions || spaceLoads * 1e6 < 100 * instructions || all > spaceLoads * refill) return null;
    return [
      `${amount(spaceLoads)} switches of the address space in ${amount(instructions)} instructions.`,
      misses('Data TLB', traffic.dataTlb),
      misses('Instruction TLB', traffic.instructionTlb),
      `${amount(all / spaceLoads)} misses for each switch.`,
    ];
  },
};

const copyOnWrite: RecommendationRule = {
  rule: 'copyOnWrite',
  when: 'When a quarter or more of at least 100 page faults are writes of programs to pages that are there and read-only.',
  text: 'Many pages are copied when they are first written after a fork. Start programs without copying the parent (vfork, posix_spawn), or write less to data that was there before the fork.',
  because({ faults, copiesOnWrite }) {
    if (faults === null || faults.total < FEWEST_FAULTS || copiesOnWrite < faults.total / 4) return null;
    return [`${amount(copiesOnWrite)} of ${amount(faults.total)} page faults (${percent(copiesOnWrite / faults.total)}) were writes of programs to pages that were there and read-only.`];
  },
};

const freshPages: RecommendationRule = {
  rule: 'freshPages',
  when: `From ${perMillionInstructions.moderate} page faults in a million instructions on (1 % of the work at 1,000 instructions for each), when three quarters of them are for pages that were not there.`,
  text: 'Programs keep asking for pages that are not there yet. Use memory again instead of giving it back and asking anew, have it filled in advance (MAP_POPULATE), or use larger pages.',
  because({ faults, instructions }) {
    if (faults === null || instructions === null || faults.total < FEWEST_FAULTS || (faults.major ?? 0) > faults.total / 4) return null;
    const absent = faults.total - faults.protection;
    const perMillion = (faults.total * 1e6) / instructions;
    if (perMillion < perMillionInstructions.moderate || absent < (faults.total * 3) / 4) return null;
    return [`${amount(absent)} of ${amount(faults.total)} page faults were for pages that were not there.`, `${amount(perMillion)} page faults in a million instructions.`];
  },
};

const majorFaults: RecommendationRule = {
  rule: 'majorFaults',
  when: `When page faults wait for a disk ${majorPerSecond.moderate} times in a second or more, where that can be seen.`,
  text: 'Page faults wait for a disk. Give the guest more memory, or run fewer programs in it, so that it need not page.',
  because({ faults }) {
    if (faults === null || faults.major === null || faults.major < FEWEST_FAULTS || (faults.severity !== 'moderate' && faults.severity !== 'high')) return null;
    return [`${amount(faults.major)} of ${amount(faults.total)} page faults waited for a disk.`, faults.why];
  },
};

/** All rules, in the order in which their advice is shown: what costs most first. */
export const recommendationRules: readonly RecommendationRule[] = [
  majorFaults, lastLevelThrash, dataTlbReach, dataLayout, addressSpaceSwitches, instructionTlbReach, copyOnWrite, freshPages,
];

/** What the facts suggest; nothing where no rule applies. */
export function recommend(facts: MemoryFacts): Recommendation[] {
  return recommendationRules.flatMap(({ rule, text, because }) => {
    const sentences = because(facts);
    return sentences === null ? [] : [{ rule, text, because: [...sentences] }];
  });
}
