// Measures the statistics by simulation and writes what it found to resources/statistics/coverage.json. Takes a few minutes.
// node test/unit/statistics/simulation/writeCoverage.ts [repeats]
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { LEVEL, RESAMPLES } from '../../../../electron/core/statistics/bootstrap.ts';
import { coverageTable, type CoverageTable } from '../../../../electron/core/statistics/statedCoverage.ts';
import { cells, familyCounts, outlierCells, simulateCell, simulateFamily, simulateOutliers, simulateTrend, trendLengths } from './simulate.ts';
import { coverageFile, seedOf, sourceDigest } from './source.ts';

const SEED = 20_261_122;
const WORKERS = 4;

type Part = Pick<CoverageTable, 'rows' | 'families' | 'trends' | 'outliers'>;

/** Every part has a seed of its own, so the figures do not depend on who simulates what. */
function simulatePart(worker: number, repeats: number): Part {
  const own = <Item>(items: readonly Item[]): Item[] => items.filter((_, at) => at % WORKERS === worker);
  // A family is ten comparisons, a trend two thousand shuffles.
  const fewerRepeats = Math.ceil(repeats / 4);
  return {
    families: own(familyCounts).map((count) => simulateFamily(count, { repeats: fewerRepeats, seed: seedOf(SEED, count) })),
    trends: own(trendLengths).map((runs) => simulateTrend(runs, { repeats: fewerRepeats, seed: seedOf(SEED, runs) })),
    outliers: own(outlierCells).map(({ count, shape }) => simulateOutliers(count, shape, { repeats, seed: seedOf(SEED, ['outliers', count, shape]) })),
    rows: own(cells).map((cell) => {
      process.stderr.write(`${JSON.stringify(cell)}\n`);
      return simulateCell(cell, { repeats, seed: seedOf(SEED, cell) });
    }),
  };
}

async function simulateInWorker(worker: number, repeats: number): Promise<Part> {
  const [part] = (await once(new Worker(new URL(import.meta.url), { workerData: { worker, repeats } }), 'message')) as [Part];
  return part;
}

/** The parts in the order in which they were given out. */
function interleave<Row>(parts: readonly (readonly Row[])[]): Row[] {
  const longest = Math.max(...parts.map(({ length }) => length));
  return Array.from({ length: longest }, (_, at) => parts.flatMap((part) => part.slice(at, at + 1))).flat();
}

async function writeCoverage(repeats: number): Promise<void> {
  const parts = await Promise.all(Array.from({ length: WORKERS }, (_, worker) => simulateInWorker(worker, repeats)));
  const table: CoverageTable = {
    date: new Date().toISOString().slice(0, 10),
    command: `node test/unit/statistics/simulation/writeCoverage.ts ${repeats}`,
    seed: SEED,
    repeats,
    level: LEVEL,
    resamples: RESAMPLES,
    source: sourceDigest(),
    rows: interleave(parts.map(({ rows }) => rows)),
    families: interleave(parts.map(({ families }) => families)),
    trends: interleave(parts.map(({ trends }) => trends)),
    outliers: interleave(parts.map(({ outliers }) => outliers)),
  };
  writeFileSync(coverageFile, `${JSON.stringify(coverageTable.parse(table), null, 1)}\n`);
}

if (isMainThread) await writeCoverage(Number(process.argv[2] ?? 1_000));
else {
  const { worker, repeats } = workerData as { worker: number; repeats: number };
  parentPort?.postMessage(simulatePart(worker, repeats));
}
