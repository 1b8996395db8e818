// Phases that are lengthened by 200 ms, interleaved with plain boots: which one is found, and how far from the truth.
import type { LabClient } from '../../electron/contract/contract.ts';
import type { RunWithSamples, Sample } from '../../electron/contract/measurements.ts';
import type { SubjectSummary } from '../../electron/contract/summaries.ts';
import { summariseRun } from '../../electron/core/measurements/summariseRun.ts';
import { printRows, sayProgress, type BenchmarkRow } from '../support/benchmark.ts';
import { startBundledLab } from '../support/bundledLab.ts';

const ROUNDS = 9;
const ADDED_MS = 200;
const LIMIT_MS = 10;
const RESOLUTION_LIMIT_NS = 10_000;
/** From the early boot, where nothing runs beside it, to the last phase, where processes take turns. */
const lengthened = ['kmain_phase', 'process_init', 'memory_init', 'scheduler_ready', 'shell_prompt'];

async function measure(client: LabClient, guest: string, phase: string): Promise<RunWithSamples> {
  const subjects = [{ guest }, { guest, extraArguments: `delay=${phase}:${ADDED_MS}` }];
  const { id } = await client.measurements.start({ kind: 'boot', subjects, runs: ROUNDS, warmUps: 1, seed: 1, save: false });
  for await (const event of await client.measurements.watch({ id })) if (event.type === 'run' && event.run.state !== 'running') break;
  return client.measurements.get({ id });
}

/** The median time of a phase in milliseconds. */
function phaseMs(subject: SubjectSummary | undefined, name: string): number {
  return (subject?.phases.find((phase) => phase.name === name)?.duration?.median ?? NaN) / 1e6;
}

function rowOf(phase: string, { run, samples }: RunWithSamples): BenchmarkRow {
  const { subjects } = summariseRun(run, samples, []);
  const [plain, slow] = ['a', 'b'].map((key) => subjects.find((subject) => subject.key === key));
  const found = run.phaseTable.phases.map(({ name }) => ({ name, addedMs: phaseMs(slow, name) - phaseMs(plain, name) }));
  const [most] = found.filter(({ addedMs }) => !Number.isNaN(addedMs)).sort((a, b) => b.addedMs - a.addedMs);
  const errorMs = (most?.addedMs ?? NaN) - ADDED_MS;
  return {
    name: `${phase} lengthened by ${ADDED_MS} ms`,
    ours: `${most?.name ?? 'none'} +${(most?.addedMs ?? NaN).toFixed(2)} ms`,
    reference: `+${ADDED_MS} ms`,
    ratio: `${errorMs >= 0 ? '+' : '−'}${Math.abs(errorMs).toFixed(2)} ms`,
    target: `named, ± ${LIMIT_MS} ms`,
    runs: ROUNDS,
    met: most?.name === phase && Math.abs(errorMs) <= LIMIT_MS,
  };
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** The step in which stamps are counted, seen in the stamps themselves: no two of them are closer or between. */
function stepNs(samples: readonly Sample[]): number {
  const stamps = samples.map(({ phases }) => phases.flatMap((stamp) => (stamp.status === 'seen' ? [Math.round(stamp.atNs)] : [])));
  return stamps.flatMap((all) => all.slice(1).map((at, index) => at - (all[index] ?? 0))).reduce(greatestCommonDivisor, 0);
}

const lab = await startBundledLab();
try {
  const { client } = lab.connection;
  const { definition } = await client.guests.createFromCatalog({ entry: 'builtin-i386' });
  const rows: BenchmarkRow[] = [];
  const samples: Sample[] = [];
  for (const [at, phase] of lengthened.entries()) {
    const measured = await measure(client, definition.id, phase);
    rows.push(rowOf(phase, measured));
    samples.push(...measured.samples);
    sayProgress(`phase ${at + 1}/${lengthened.length}`);
  }
  const step = stepNs(samples);
  const stated = samples[0]?.provenance.resolutionNs ?? NaN;
  rows.push({
    name: 'step of the stamps, as stated and as seen',
    ours: `${stated / 1_000} µs stated, ${step / 1_000} µs seen`,
    reference: '',
    ratio: '',
    target: `≤ ${RESOLUTION_LIMIT_NS / 1_000} µs`,
    runs: samples.length,
    met: stated <= RESOLUTION_LIMIT_NS && step > 0 && step <= RESOLUTION_LIMIT_NS,
  });
  printRows(rows);
} finally {
  await lab.close();
}
