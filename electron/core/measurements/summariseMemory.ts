import type { MemoryPicture } from '../../contract/metrics.ts';
import type { MemoryRatioName, MemorySummary, Statistics } from '../../contract/summaries.ts';
import { joinDistributions } from '../calls/rankCalls.ts';
import type { Describe, SampleWithEvents } from './summariseEvents.ts';

interface Picture {
  readonly index: number;
  readonly picture: MemoryPicture;
}

const LEVELS = ['none', 'low', 'moderate', 'high'] as const;
const HIT_RATIOS = ['l1Data', 'l1Instruction', 'lastLevel', 'dataTlb', 'instructionTlb'] as const;

/** What the samples' pictures of memory have in common; null where no sample has one. */
export function summariseMemory(samples: readonly SampleWithEvents[], describeSeries: Describe): MemorySummary | null {
  const pictures = samples.flatMap(({ index, metrics }): Picture[] => (metrics.memory === null ? [] : [{ index, picture: metrics.memory }]));
  if (pictures.length === 0) return null;
  const models = pictures.flatMap(({ picture: { model } }) => model ?? []);
  const patterns = [...new Set(models.map(({ accessPattern }) => accessPattern))];
  return {
    severity: worstSeverity(pictures),
    faultLatencyNs: joinDistributions(pictures.map(({ picture }) => picture.faults?.latencyNs ?? null)),
    model: models[0]?.sizes ?? null,
    ratios: ratiosOf(pictures, describeSeries),
    accessPattern: patterns.length > 1 ? 'mixed' : (patterns[0] ?? null),
    recommendations: recommendationsOf(pictures),
  };
}

function worstSeverity(pictures: readonly Picture[]): MemorySummary['severity'] {
  const faults = pictures.flatMap(({ picture }) => picture.faults ?? []);
  const [worst] = [...faults].sort((one, other) => LEVELS.indexOf(other.severity) - LEVELS.indexOf(one.severity));
  return worst === undefined ? null : { level: worst.severity, why: worst.why };
}

function ratioIn(name: MemoryRatioName, { model }: MemoryPicture): number | null {
  if (model === null) return null;
  if (name === 'spatialLocality' || name === 'tlbEffectiveness') return model[name];
  return model.hitRatios[name] ?? null;
}

function ratiosOf(pictures: readonly Picture[], describeSeries: Describe): MemorySummary['ratios'] {
  return [...HIT_RATIOS, 'spatialLocality' as const, 'tlbEffectiveness' as const].flatMap((name) => {
    const given = pictures.flatMap(({ picture, index }) => {
      const value = ratioIn(name, picture);
      return value === null ? [] : [{ value, index }];
    });
    const statistics: Statistics | null = describeSeries({ values: given.map(({ value }) => value), indices: given.map(({ index }) => index) }, 'ratio');
    return statistics === null ? [] : [{ name, statistics }];
  });
}

function recommendationsOf(pictures: readonly Picture[]): MemorySummary['recommendations'] {
  const all = pictures.flatMap(({ picture, index }) => picture.recommendations.map((recommendation) => ({ recommendation, index })));
  return [...Map.groupBy(all, ({ recommendation }) => recommendation.rule).values()].flatMap((same) => {
    const [first] = same;
    return first === undefined ? [] : [{ ...first.recommendation, samples: same.map(({ index }) => index) }];
  });
}
