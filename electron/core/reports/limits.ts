import type { PhaseTable, Run, Sample } from '../../contract/measurements.ts';
import { formatDuration } from '../charts/numbers.ts';
import { overheadText } from '../instruments/overheadText.ts';
import { isKnown } from '../measurements/knownFacts.ts';
import { countedSamples } from '../measurements/bootSeries.ts';
import { networkMetrics } from '../measurements/networkReadings.ts';
import { tableOf, tablesOf } from '../measurements/subjectTable.ts';
import { between, outlierSentence, statedCoverage, statedPower, type CoverageTable } from '../statistics/statedCoverage.ts';
import { FEWEST_FOR_INTERVAL, rangeCoverage } from './medianWords.ts';
import { coarsestResolution } from './resolution.ts';

type Phase = PhaseTable['phases'][number];

/** Below so many boots an interval is called approximate. */
const SMALL_SAMPLE = 30;
/** Standard deviation over median, for which the table says what is found: that of boots on a busy host. */
const LARGE_SPREAD = 0.12;

/** What the numbers of a run do not say; `coverage` is what simulations of the intervals found, null where it is not at hand. */
export function reportLimits(run: Run, samples: readonly Sample[], coverage: CoverageTable | null): string[] {
  return [...meaningOfTimes(run), ...emulation(run), ...resolution(samples), ...overhead(run), ...smallSample(run, samples, coverage), ...equipment(run), ...machine(run), outliers(run, samples, coverage)];
}

function meaningOfTimes(run: Run): string[] {
  if (!isKnown(run, 'machine')) return ['Times are those at which another program saw markers, in the seconds since the start of its container that its files have.'];
  const systems = bootedSystems(run);
  const [only] = systems;
  if (only === undefined) return [];
  const meanings = systems.map(({ names, first, last }) => `Boot${systems.length === 1 ? '' : ` of ${names}`} means the time from the first byte of “${first.title}” to the first byte of “${last.title}” on the serial port.`);
  const silent = systems.filter(({ isSilentSomewhere }) => isSilentSomewhere);
  const where = silent.length === systems.length ? 'A' : `In ${silent.map(({ names }) => names).join(' and ')} a`;
  return [
    `${meanings.join(' ')} What QEMU, the firmware and the loader need before it is given apart, and the end of QEMU is never counted.`,
    'Stamps count from the moment before QEMU was started. A phase ends when its line leaves the guest, so the time to print a line belongs to the phase that follows.',
    ...silent.length > 0 ? [`${where} phase that prints nothing cannot be seen from outside; its time is part of the next phase that prints.`] : [],
  ];
}

/** The systems of a run, each with the labels of its subjects and the phases between which its boot lies. */
function bootedSystems(run: Run): { names: string; first: Phase; last: Phase; isSilentSomewhere: boolean }[] {
  return tablesOf(run).flatMap((table) => {
    const observable = table.phases.filter((phase) => phase.pattern !== null);
    const required = observable.filter((phase) => !phase.optional);
    const [first, last] = [required[0] ?? observable[0], required.at(-1) ?? observable.at(-1)];
    const labels = run.subjects.filter((subject) => !subject.control && tableOf(run, subject).id === table.id).map(({ label }) => `“${label}”`);
    return first === undefined || last === undefined || labels.length === 0 ? [] : [{ names: labels.join(' and '), first, last, isSilentSomewhere: observable.length < table.phases.length }];
  });
}

function emulation(run: Run): string[] {
  const { subjects } = run;
  if (!isKnown(run, 'accelerator')) return ['Whether the guest was emulated is not known, nor how fast its host was: its times are comparable with no others.'];
  if (!subjects.some((subject) => subject.accelerator === 'tcg')) return [];
  return ['The guest was emulated (TCG). Its times depend on the emulator and on this machine: they are never comparable with times of real hardware or of hardware virtualisation. Ratios between guests measured in one run are.'];
}

function resolution(samples: readonly Sample[]): string[] {
  const coarsest = coarsestResolution(samples);
  const technique = samples[0]?.provenance.technique;
  return technique === undefined ? [] : [`Stamps have a resolution of ${formatDuration(coarsest, coarsest)} (${technique}); nothing finer is known.`];
}

function overhead(run: Run): string[] {
  const { overhead: measured } = run;
  if (measured === null) return run.imported !== undefined ? ['What the instrument itself cost is not known.'] : ['What the instrument itself costs was not measured on this machine.'];
  return [`Measuring makes a boot ${overheadText(measured)}; the times are not corrected for it.`];
}

/** How far intervals of so few boots can be relied on, by Petri's own simulation; below what was simulated, by what such an interval is. */
function smallSample(run: Run, samples: readonly Sample[], table: CoverageTable | null): string[] {
  const fewest = fewestCounted(run, samples);
  const base = 'Intervals are 95 % intervals of the median by the percentile bootstrap.';
  const stated = table === null ? null : statedCoverage(table, fewest);
  if (fewest < FEWEST_FOR_INTERVAL) return [rangeWords(fewest)];
  if (table === null || stated === null) return fewest >= SMALL_SAMPLE ? [base] : [`${base} With few boots they are approximate.`];
  return [`${base} ${stated.count === fewest ? '' : `Of ${fewest} values nothing was simulated; the next smaller number stands for it. `}${stated.sentence}${powerWords(table, stated.count)}`];
}

/** Of three or four values the bootstrap's interval is from the least to the greatest. */
function rangeWords(count: number): string {
  if (count === 1) return 'One boot was counted: its numbers say what happened once, and nothing of how much boots differ. There is no median, no spread and no interval.';
  return `${count} boots were counted: so few give no 95 % interval of the median. Where a range is given, it is from the least to the greatest, and has the true median in about ${rangeCoverage(count)} of such runs; take it for no more than that.${count < 4 ? ' No difference between two guests can be shown with so few.' : ''}`;
}

function powerWords(table: CoverageTable, count: number): string {
  const power = statedPower(table, count, LARGE_SPREAD);
  if (power === null) return '';
  return ` With a spread of ${(LARGE_SPREAD * 100).toFixed(0)} % a change of 5 % was found in ${between(power.fivePercent)}, one of 20 % in ${between(power.twentyPercent)}.`;
}

function equipment({ subjects, plan }: Run): string[] {
  const isNetworkMeasured = plan.events?.metrics.some((metric) => networkMetrics.has(metric)) === true;
  const [disks, network] = [subjects.some(({ guest }) => guest.disks.length > 0), subjects.some(({ guest }) => guest.network.kind !== 'none')];
  return [
    ...(disks ? ['Each boot began with the disk as it is and wrote to a throw-away layer on top of it: the disk itself was not changed, and what the layer costs is in the times.'] : []),
    ...(network && isNetworkMeasured ? ['The guest was booted with its network and without its forwarded ports, so that no port of the host was needed.'] : []),
    ...(network && !isNetworkMeasured ? ['The guest was booted without its network, so that no port of the host was needed.'] : []),
  ];
}

function outliers(run: Run, samples: readonly Sample[], table: CoverageTable | null): string {
  return table === null ? 'Outliers are marked and kept in every number.' : outlierSentence(table, fewestCounted(run, samples));
}

/** Boots that count of the subject that has the fewest; those of the plan before there are any. */
function fewestCounted({ subjects, plan }: Run, samples: readonly Sample[]): number {
  const counts = subjects.map(({ key }) => countedSamples(samples, key).length).filter((count) => count > 0);
  return counts.length === 0 ? plan.runs : Math.min(...counts);
}

function machine(run: Run): string[] {
  const { host } = run;
  if (!isKnown(run, 'host')) return ['On which machine the boots were made, and whether it was one, is not known.'];
  const virtual = host.virtualised === true ? ' It is itself a virtual machine, whose host may stall it at any time.' : '';
  return [`All boots were made on one machine.${virtual}`];
}
