import type { CalibrationRow } from '../../contract/calibrations.ts';
import type { MemoryModel, MetricName } from '../../contract/metrics.ts';
import type { RandomGenerator } from '../statistics/randomGenerator.ts';
import type { ModelCounters } from '../traces/traceEvent.ts';
import { draw, eventPlan, remarkOf, type CalibratedArchitecture, type CalibratedBoot, type Experiment, type ExperimentTools } from './experiment.ts';
import { judge } from './judge.ts';
import { secondMisses, strideMisses, type CacheGeometry, type StrideWalk } from './strideTruth.ts';

/** The guest's buffer (images/builtin/shared/abi.h): addresses that its processes use for nothing else. */
const BUFFER = { from: 0x8040_0000n, to: 0x8080_0000n };
const BUFFER_BYTES = Number(BUFFER.to - BUFFER.from);
/** The part of it that may hold code. */
const CODE_BYTES = BUFFER_BYTES / 4;
const PAGE_BYTES = 4096;
/** Before the window: the kernel clears each page of the buffer at its first touch, which the last level sees. */
const FIRST_WALK = 'stride=4096,1';
/**
 * Before a walk the guest touches each page of the buffer once, so that the walk faults nowhere. Each of them misses everywhere: no size that
 * is drawn keeps the first lines of so many pages.
 */
const TOUCHES = BUFFER_BYTES / PAGE_BYTES;
/** Lines that the touches left behind save the walk at most so many misses, which is then less than the tolerance. */
const FEWEST_LOADS = 500_000;
const MOST_LOADS = 900_000;
const LOADED = { fewest: FEWEST_LOADS, most: MOST_LOADS };
/** Fetches are counted wherever they are: of those of the shell, which reads and prints a line, the same must be true. */
const FETCHED = { fewest: 3 * FEWEST_LOADS, most: 3 * MOST_LOADS };
/** One percentage point. */
const TOLERANCE = 0.01;

const oneOf = <Value>(random: RandomGenerator, values: readonly [Value, ...Value[]]): Value => values[Math.floor(random() * values.length)] ?? values[0];

/** Sizes of which each stride of the experiments has a truth; none holds the whole buffer, and the second TLB holds the pages of the code. */
function drawModel(random: RandomGenerator): MemoryModel {
  const lineBytes = oneOf(random, [32, 64]);
  const firstLevel = (): MemoryModel['l1Data'] => ({ sets: oneOf(random, [32, 64, 128]), ways: oneOf(random, [2, 4, 6, 8]), lineBytes });
  const firstTlb = (): MemoryModel['dataTlb'] => ({ sets: oneOf(random, [8, 16]), ways: oneOf(random, [2, 4]) });
  return {
    l1Data: firstLevel(),
    l1Instruction: firstLevel(),
    lastLevel: { sets: oneOf(random, [512, 1024, 2048]), ways: oneOf(random, [8, 12, 16]), lineBytes },
    dataTlb: firstTlb(),
    instructionTlb: firstTlb(),
    secondTlb: { sets: oneOf(random, [64, 128]), ways: oneOf(random, [4, 6]) },
  };
}

/** What is compared of one walk. */
interface WalkedRatio {
  readonly metric: MetricName;
  /** For whoever reads the row, where the metric's name does not say which level it is. */
  readonly level?: string;
  readonly misses: (counters: ModelCounters) => number | undefined;
  readonly truth: (walk: StrideWalk, model: MemoryModel) => number;
  readonly size: (model: MemoryModel) => CacheGeometry;
}

const pages = (tlb: MemoryModel['dataTlb']): CacheGeometry => ({ ...tlb, lineBytes: PAGE_BYTES });
const SECOND_TLB = { level: 'second TLB, ', misses: ({ secondTlb }: ModelCounters) => secondTlb?.misses, size: ({ secondTlb }: MemoryModel) => pages(secondTlb) };

/** A way to go round the buffer. */
interface KindOfWalk {
  /** The guest's command, and as rows call it. */
  readonly command: 'stride' | 'store' | 'code';
  readonly words: string;
  readonly bufferBytes: number;
  /** Misses of the touches that come before it. */
  readonly touches: number;
  readonly turns: { readonly fewest: number; readonly most: number };
  /** Shorter than a line, a line, some lines, a page, and so long that what is visited fits the caches. */
  readonly strides: (random: RandomGenerator, model: MemoryModel) => number[];
  readonly ratios: readonly WalkedRatio[];
}

const kinds: readonly KindOfWalk[] = [
  {
    command: 'stride', words: 'stride', bufferBytes: BUFFER_BYTES, touches: TOUCHES, turns: LOADED,
    strides: (random, { l1Data: { lineBytes } }) => [draw(random, 1, lineBytes - 1), lineBytes, lineBytes * 2 ** draw(random, 1, 4), PAGE_BYTES, PAGE_BYTES * 2 ** draw(random, 2, 5), BUFFER_BYTES / 2 ** draw(random, 0, 1)],
    ratios: [
      { metric: 'l1DataMisses', misses: ({ l1Data }) => l1Data.loadMisses, truth: (walk, { l1Data }) => strideMisses(walk, l1Data), size: ({ l1Data }) => l1Data },
      // Instructions miss in the last level, too; the loop is so short that this is once.
      { metric: 'lastLevelMisses', misses: ({ lastLevel }) => lastLevel.misses, truth: (walk, { l1Data, lastLevel }) => secondMisses(walk, l1Data, lastLevel), size: ({ lastLevel }) => lastLevel },
      { metric: 'tlbLoadMisses', misses: ({ dataTlb }) => dataTlb.loadMisses, truth: (walk, { dataTlb }) => strideMisses(walk, pages(dataTlb)), size: ({ dataTlb }) => pages(dataTlb) },
      { metric: 'tlbLoadMisses', ...SECOND_TLB, truth: (walk, { dataTlb, secondTlb }) => secondMisses(walk, pages(dataTlb), pages(secondTlb)) },
    ],
  },
  {
    command: 'store', words: 'stores, stride', bufferBytes: BUFFER_BYTES, touches: 0, turns: LOADED,
    strides: (random, { l1Data: { lineBytes } }) => [lineBytes * 2 ** draw(random, 0, 4), PAGE_BYTES * 2 ** draw(random, 0, 5)],
    ratios: [
      { metric: 'l1DataMisses', misses: ({ l1Data }) => l1Data.storeMisses, truth: (walk, { l1Data }) => strideMisses(walk, l1Data), size: ({ l1Data }) => l1Data },
      { metric: 'tlbStoreMisses', misses: ({ dataTlb }) => dataTlb.storeMisses, truth: (walk, { dataTlb }) => strideMisses(walk, pages(dataTlb)), size: ({ dataTlb }) => pages(dataTlb) },
    ],
  },
  {
    command: 'code', words: 'code, stride', bufferBytes: CODE_BYTES, touches: 0, turns: FETCHED,
    strides: (random, { l1Instruction: { lineBytes } }) => [lineBytes * 2 ** draw(random, 0, 4), PAGE_BYTES, PAGE_BYTES * 2 ** draw(random, 1, 4), CODE_BYTES / 2],
    ratios: [
      { metric: 'l1InstructionMisses', misses: ({ l1Instruction }) => l1Instruction.misses, truth: (walk, { l1Instruction }) => strideMisses(walk, l1Instruction), size: ({ l1Instruction }) => l1Instruction },
      { metric: 'instructionTlbMisses', misses: ({ instructionTlb }) => instructionTlb.misses, truth: (walk, { instructionTlb }) => strideMisses(walk, pages(instructionTlb)), size: ({ instructionTlb }) => pages(instructionTlb) },
      { metric: 'instructionTlbMisses', ...SECOND_TLB, truth: (walk, { instructionTlb, secondTlb }) => secondMisses(walk, pages(instructionTlb), pages(secondTlb)) },
    ],
  },
];

/**
 * Walks at drawn strides through a model of drawn sizes: the ratio of misses of loads, of stores and of fetches, and that all loads were seen. In
 * logical time: on a busy host the clock ticks on meanwhile, and what its handler misses would come to a percentage point by itself.
 */
export function walkExperiments(tools: ExperimentTools): Experiment[] {
  const model = drawModel(tools.random);
  return kinds.map((kind) => walkExperiment(kind, model, tools));
}

function walkExperiment(kind: KindOfWalk, model: MemoryModel, { architecture, random }: ExperimentTools): Experiment {
  const walks = kind.strides(random, model).map((strideBytes): StrideWalk => ({ strideBytes, loads: draw(random, kind.turns.fewest, kind.turns.most), bufferBytes: kind.bufferBytes }));
  return {
    instrument: 'plugin',
    architecture,
    title: `modelled misses of walks at known strides (${kind.command})`,
    boots: walks.map(({ strideBytes, loads }) => ({ kernelArguments: FIRST_WALK, asked: 1, typed: [`${kind.command} ${strideBytes} ${loads}`], symbols: [], modelData: BUFFER, plan: eventPlan('plugin', ['l1DataMisses'], { model, logicalTime: true }) })),
    rows: (boots) => [
      ...walks.flatMap((walk, at) => kind.ratios.map((ratio) => ratioRow(kind, ratio, walk, model, architecture, boots[at]))),
      ...(kind.command === 'stride' ? [referencesRow(walks, architecture, boots)] : []),
    ],
  };
}

const words = ({ sets, ways, lineBytes }: CacheGeometry): string => `${sets} sets of ${ways}${lineBytes === PAGE_BYTES ? '' : `, lines of ${lineBytes}`}`;

function ratioRow(kind: KindOfWalk, { metric, level = '', misses, truth, size }: WalkedRatio, walk: StrideWalk, model: MemoryModel, architecture: CalibratedArchitecture, boot: CalibratedBoot | undefined): CalibrationRow {
  const missed = boot?.seen?.model == null ? undefined : misses(boot.seen.model);
  return judge({
    instrument: 'plugin', architecture, metric, what: `${level}${kind.words} ${walk.strideBytes} in ${words(size(model))}`, unit: 'ratio', tolerance: TOLERANCE,
    truth: truth(walk, model) / walk.loads,
    measured: missed === undefined ? null : (missed - kind.touches) / walk.loads,
    ...remarkOf(boot),
  });
}

function referencesRow(walks: readonly StrideWalk[], architecture: CalibratedArchitecture, boots: readonly CalibratedBoot[]): CalibrationRow {
  const seen = boots.map((boot) => boot.seen?.model ?? null);
  const loads = (counters: ModelCounters | null): number => (counters === null ? NaN : counters.l1Data.loads + counters.l1Data.stores - TOUCHES);
  const measured = seen.reduce((sum, counters) => sum + loads(counters), 0);
  return judge({
    instrument: 'plugin', architecture, metric: 'l1DataReferences', what: `loads of ${walks.length} walks`, unit: 'count', tolerance: 0,
    truth: walks.reduce((sum, walk) => sum + walk.loads, 0),
    measured: Number.isNaN(measured) ? null : measured,
    ...remarkOf(boots.find(({ failure }) => failure !== null)),
  });
}
