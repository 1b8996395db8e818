import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { guestDefinition } from '../../electron/contract/guests.ts';
import type { Report } from '../../electron/contract/reports.ts';
import type { PhaseStamp, PhaseTable, Run, Sample, Subject } from '../../electron/contract/measurements.ts';
import type { PublishedValue } from '../../electron/contract/published.ts';
import { loadCoverage } from '../../electron/core/statistics/statedCoverage.ts';
import { buildReport } from '../../electron/core/reports/buildReport.ts';

/** A run made by hand: stamps come from a seeded generator, all else is derived by the same code as in the lab. */
export interface FixtureOptions {
  readonly boots?: number;
  readonly subjects?: 1 | 2;
  readonly control?: boolean;
  /** A phase that no boot reaches. */
  readonly missing?: string;
  readonly guestName?: string;
  readonly published?: boolean;
}

const titles: readonly (readonly [name: string, title: string, meanNs: number])[] = [
  ['multiboot_detected', 'Multiboot detected', 183_412_000],
  ['kernel_starts', 'Kernel starts', 212_000],
  ['pre_init_phase', 'Paging switched on', 1_841_000],
  ['kmain_phase', 'Kernel main', 96_000],
  ['cstart_phase', 'Processor set up', 2_377_000],
  ['process_init', 'Process table', 1_154_000],
  ['memory_init', 'Memory allocator', 4_862_000],
  ['system_init', 'Exception handlers', 733_000],
  ['scheduler_ready', 'Scheduler ready', 10_451_000],
  ['shell_prompt', 'Shell prompt', 3_118_000],
];

export const fixturePhaseTable: PhaseTable = {
  id: 'builtin',
  system: 'Petri’s built-in guest',
  source: 'images/builtin',
  prompt: null,
  phases: titles.map(([name, title]) => ({
    name,
    title,
    pattern: name === 'kmain_phase' ? null : `^\\[ *\\d+/10\\] ${name}`,
    optional: false,
    explanation: `${title}.`,
  })),
};

const digest = 'a3f1c9d2'.repeat(8);
const qemu = { id: 'qemu-7.2.22-debian', program: '/usr/bin/qemu-system-i386', version: '7.2.22', package: 'Debian 1:7.2+dfsg-7+deb12u18' };

/** A small generator of the kind xorshift, so that the fixture is the same everywhere. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

function fixtureSubject(key: string, label: string, name: string, control: boolean, extraArguments: string): Subject {
  return {
    key,
    label,
    control,
    extraArguments,
    images: [{ path: 'builtin/built/petri-i386.elf', digest }],
    accelerator: 'tcg',
    qemu,
    guest: guestDefinition.parse({
      id: 'builtin',
      name,
      catalogEntry: 'builtin-i386',
      architecture: 'i386',
      machine: { board: 'pc', cpuModel: 'auto', cpus: 1, memoryMiB: 64 },
      boot: { kernel: { kind: 'shipped', path: 'builtin/built/petri-i386.elf', digest }, arguments: 'calls=64', modules: [] },
      phaseTable: 'builtin',
      accelerator: 'auto',
      notes: '',
      createdAt: '2026-11-20T09:00:00.000Z',
    }),
  };
}

function fixtureSubjects({ subjects = 1, control = false, guestName = 'Built-in guest' }: FixtureOptions): Subject[] {
  const all = [fixtureSubject('a', guestName, guestName, false, '')];
  if (subjects === 2) all.push(fixtureSubject('b', `${guestName}, slower memory`, guestName, false, 'delay=memory_init:4'));
  if (control) all.push(fixtureSubject('c', `${guestName} (control)`, guestName, true, ''));
  return all;
}

function fixtureStamps(random: () => number, index: number, subject: Subject, missing: string | undefined): PhaseStamp[] {
  let atNs = 0;
  let lost = false;
  return titles.map(([name, , meanNs], position): PhaseStamp => {
    const spread = position === 0 ? 0.14 : 0.06;
    const slower = subject.extraArguments !== '' && name === 'memory_init' ? 4_000_000 : 0;
    const stalled = index === 5 && name === 'scheduler_ready' ? 7_300_000 : 0;
    atNs += Math.round((meanNs * (1 - spread / 2 + spread * random() + 0.05 * random() ** 6)) / 1_000) * 1_000 + slower + stalled;
    if (name === missing) lost = true;
    if (name === 'kmain_phase') return { name, status: 'unobservable' };
    if (lost) return { name, status: 'missing', seenLast: `[ ${position}/10] ${titles[position - 1]?.[0] ?? ''}` };
    return { name, status: 'seen', atNs, byteOffset: 120 + position * 48, text: `[${String(position + 1).padStart(2)}/10] ${name}` };
  });
}

function fixtureSample(index: number, subject: Subject, warmUp: boolean, stamps: PhaseStamp[]): Sample {
  const first = stamps.find((stamp) => stamp.status === 'seen');
  const complete = stamps.every((stamp) => stamp.status !== 'missing');
  return {
    index,
    subject: subject.key,
    warmUp,
    startedAt: new Date(Date.UTC(2026, 10, 22, 2, 10, index)).toISOString(),
    outcome: complete ? 'complete' : 'incomplete',
    phases: stamps,
    firstByteNs: first?.status === 'seen' ? first.atNs : null,
    provenance: { instrument: 'serialTrace', technique: 'QEMU’s serial_write trace, stamped in QEMU at the guest’s outb', resolutionNs: 1_000 },
    argv: ['/usr/bin/qemu-system-i386', '-machine', 'pc', '-accel', 'tcg', '-m', '64', '-kernel', 'petri-i386.elf', '-append', 'calls=64'],
    load: 0.42,
    serialDigest: digest,
    serialBytes: 912,
    metrics: null,
    failure: complete ? null : { code: 'BOOT_INCOMPLETE', details: { limitSeconds: 120, missing: ['shell_prompt'], lastLine: '[ 9/10] scheduler_ready' } },
  };
}

export const fixturePublished: PublishedValue[] = [
  {
    id: 'minix-i386-boot',
    subject: 'MINIX 3 on i386',
    phaseTable: 'builtin',
    architecture: 'i386',
    metric: 'boot',
    low: 35,
    high: 65,
    unit: 'ms',
    environment: { hardware: null, execution: 'hardware', hostId: null, qemuBuildId: null },
    source: { title: 'MINIX analysis whitepaper', detail: 'an estimate without a published measurement behind it', standing: 'hypothesis' },
    note: 'A hypothesis to be tested.',
  },
  {
    id: 'baseline-first-run',
    subject: 'Built-in guest on this machine',
    phaseTable: 'builtin',
    architecture: 'i386',
    metric: 'boot',
    low: 24_150_000,
    high: 24_150_000,
    unit: 'ns',
    environment: { hardware: 'This machine', execution: 'emulated', hostId: digest, qemuBuildId: qemu.id },
    source: { title: 'Baseline “first run”', detail: 'run run-0900a7c1, 10 boots', standing: 'baseline' },
    note: '',
    baseline: { run: 'run-0900a7c1', guest: 'builtin' },
  },
];

const coverageFile = join(import.meta.dirname, '../../resources/statistics/coverage.json');
/** The shipped one: what reports state of their intervals. */
export const fixtureCoverage = loadCoverage(coverageFile, JSON.parse(readFileSync(coverageFile, 'utf8')));

/** A whole report; the same for the same options. */
export function fixtureReport(options: FixtureOptions = {}): Report {
  const { boots = 10, missing, published = true } = options;
  const random = generator(20_261_122);
  const subjects = fixtureSubjects(options);
  const order = [...subjects.map((subject) => ({ subject, warmUp: true })), ...Array.from({ length: boots }, () => subjects.map((subject) => ({ subject, warmUp: false }))).flat()];
  const samples = order.map(({ subject, warmUp }, index) => fixtureSample(index, subject, warmUp, fixtureStamps(random, index, subject, missing)));
  const run = fixtureRun(subjects, boots, order.map(({ subject, warmUp }) => ({ subject: subject.key, warmUp })));
  return buildReport({ run, samples, published: published ? fixturePublished : [], version: '0.1.0', coverage: fixtureCoverage });
}

function fixtureRun(subjects: Subject[], boots: number, order: { subject: string; warmUp: boolean }[]): Run {
  return {
    id: 'run-0210e4f9',
    kind: 'boot',
    name: `Boot of ${subjects[0]?.guest.name ?? ''}`,
    question: 'How long does the built-in guest take from its first phase to its shell, and in which phase does the time go?',
    createdAt: '2026-11-22T02:10:00.000Z',
    endedAt: '2026-11-22T02:10:41.517Z',
    state: 'done',
    subjects,
    plan: { runs: boots, warmUps: 1, timeLimitSeconds: 120, outputLimitBytes: 16_000_000, instrument: 'serialTrace', events: null, seed: 20_261_122, order },
    phaseTable: fixturePhaseTable,
    host: {
      id: digest,
      platform: 'Linux x64',
      kernel: '6.1.0-41-amd64',
      cpuModel: 'AMD EPYC 7B13',
      cores: 2,
      memoryBytes: 8_330_000_000,
      governor: null,
      virtualised: true,
    },
    overhead: { ratio: 1.004, low: 0.991, high: 1.017, boots: 20, measuredAt: '2026-11-21T18:00:00.000Z' },
    failure: null,
    notes: '',
    tags: ['lecture'],
    saved: true,
  };
}
