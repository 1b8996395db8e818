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
/** One percentage point. */
const TOLERANCE = 0.01;

const oneOf = <Value>(random: RandomGenerator, values: readonly [Value, ...Value[]]): Value => values[Math.floor(random() * values.length)] ?? values[0];

/** Sizes of which each stride of the experiment has a truth; none holds the whole buffer. */
function drawModel(random: RandomGenerator): MemoryModel {
  const lineBytes = oneOf(random, [32, 64]);
  return {
    l1Data: { sets: oneOf(random, [32, 64, 128]), ways: oneOf(random, [2, 4, 6, 8]), lineBytes },
    l1Instruction: { sets: 64, ways: 8, lineBytes },
    lastLevel: { sets: oneOf(random, [512, 1024, 2048]), ways: oneOf(random, [8, 12, 16]), lineBytes },
    dataTlb: { sets: oneOf(random, [8, 16]), ways: oneOf(random, [2, 4]) },
    instructionTlb: { sets: 16, ways: 4 },
    secondTlb: { sets: 128, ways: 4 },
  };
}

/** Shorter than a line, a line, some lines, a page, and so long that what is visited fits the caches. */
function drawStrides(random: RandomGenerator, { l1Data: { lineBytes } }: MemoryModel): number[] {
  return [draw(random, 1, lineBytes - 1), lineBytes, lineBytes * 2 ** draw(random, 1, 4), PAGE_BYTES, PAGE_BYTES * 2 ** draw(random, 2, 5), BUFFER_BYTES / 2 ** draw(random, 0, 1)];
}

/** What is compared of one walk. */
interface WalkedRatio {
  readonly metric: MetricName;
  readonly misses: (counters: ModelCounters) => number;
  readonly truth: (walk: StrideWalk, model: MemoryModel) => number;
  readonly size: (model: MemoryModel) => CacheGeometry;
}

const ofTlb = ({ dataTlb }: MemoryModel): CacheGeometry => ({ ...dataTlb, lineBytes: PAGE_BYTES });

const ratios: readonly WalkedRatio[] = [
  { metric: 'l1DataMisses', misses: ({ l1Data }) => l1Data.loadMisses, truth: (walk, { l1Data }) => strideMisses(walk, l1Data), size: ({ l1Data }) => l1Data },
  // Instructions miss in the last level, too; the loop is so short that this is once.
  { metric: 'lastLevelMisses', misses: ({ lastLevel }) => lastLevel.misses, truth: (walk, { l1Data, lastLevel }) => secondMisses(walk, l1Data, lastLevel), size: ({ lastLevel }) => lastLevel },
  { metric: 'dataTlbMisses', misses: ({ dataTlb }) => dataTlb.loadMisses, truth: (walk, model) => strideMisses(walk, ofTlb(model)), size: ofTlb },
];

/** Walks at drawn strides through a model of drawn sizes: the ratio of misses of each, and that all loads were seen. */
export function strideExperiment({ architecture, random }: ExperimentTools): Experiment {
  const model = drawModel(random);
  const walks = drawStrides(random, model).map((strideBytes): StrideWalk => ({ strideBytes, loads: draw(random, FEWEST_LOADS, MOST_LOADS), bufferBytes: BUFFER_BYTES }));
  return {
    instrument: 'plugin',
    architecture,
    title: 'modelled misses of walks at known strides',
    boots: walks.map(({ strideBytes, loads }) => ({ kernelArguments: FIRST_WALK, asked: 1, typed: [`stride ${strideBytes} ${loads}`], symbols: [], modelData: BUFFER, plan: eventPlan('plugin', ['l1DataMisses'], { model }) })),
    rows: (boots) => [...walks.flatMap((walk, at) => ratios.map((ratio) => ratioRow(ratio, walk, model, architecture, boots[at]))), referencesRow(walks, architecture, boots)],
  };
}

const words = ({ sets, ways, lineBytes }: CacheGeometry): string => `${sets} sets of ${ways}${lineBytes === PAGE_BYTES ? '' : `, lines of ${lineBytes}`}`;

function ratioRow({ metric, misses, truth, size }: WalkedRatio, walk: StrideWalk, model: MemoryModel, architecture: CalibratedArchitecture, boot: CalibratedBoot | undefined): CalibrationRow {
  const counters = boot?.seen?.model ?? null;
  const missed = counters === null ? null : misses(counters) - TOUCHES;
  return judge({
    instrument: 'plugin', architecture, metric, what: `stride ${walk.strideBytes} in ${words(size(model))}`, unit: 'ratio', tolerance: TOLERANCE,
    truth: truth(walk, model) / walk.loads,
    measured: missed === null ? null : missed / walk.loads,
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
