import { guestDefinition } from '../../../electron/contract/guests.ts';
import { readFileSync } from 'node:fs';
import type { PhaseTable, Run, Sample, Subject } from '../../../electron/contract/measurements.ts';
import { loadPhaseTable } from '../../../electron/core/measurements/phaseTables.ts';
import { planRun } from '../../../electron/core/measurements/planRun.ts';

export function phaseTable(id: string): PhaseTable {
  const file = `resources/phases/${id}.json`;
  return loadPhaseTable(file, JSON.parse(readFileSync(file, 'utf8')));
}

export const builtin = phaseTable('builtin-i386');

export function makeSubject(change: Partial<Subject> = {}): Subject {
  return {
    key: 'a',
    label: 'Built-in',
    guest: guestDefinition.parse({
      id: 'builtin',
      name: 'Built-in',
      catalogEntry: 'builtin-i386',
      architecture: 'i386',
      machine: { board: 'pc', cpuModel: 'auto', cpus: 1, memoryMiB: 32 },
      boot: { kernel: { kind: 'file', path: '/kernel' }, arguments: '', modules: [] },
      phaseTable: 'builtin-i386',
      accelerator: 'auto',
      notes: '',
      createdAt: '2026-01-01T00:00:00.000Z',
    }),
    accelerator: 'tcg',
    qemu: { id: 'qemu-1', program: '/usr/bin/qemu-system-i386', version: '7.2.22', package: null },
    extraArguments: '',
    images: [],
    control: false,
    ...change,
  };
}

export function makeRun(subjects: Subject[] = [makeSubject()], change: Partial<Run> = {}): Run {
  return {
    id: 'run-1',
    kind: 'boot',
    name: 'A run',
    question: '',
    createdAt: '2026-01-01T00:00:00.000Z',
    endedAt: null,
    state: 'done',
    subjects,
    plan: planRun({ subjects: subjects.map(({ key }) => key), runs: 10, warmUps: 1, timeLimitSeconds: 120, outputLimitBytes: 16e6, instrument: 'serialTrace', seed: 1 }),
    phaseTable: builtin,
    host: { id: 'a'.repeat(64), platform: 'linux', kernel: '6.1', cpuModel: 'CPU', cores: 2, memoryBytes: 4e9, governor: null, virtualised: null },
    overhead: null,
    failure: null,
    notes: '',
    tags: [],
    saved: true,
    ...change,
  };
}

/** One boot in which phase `p` was seen at `atMs[p]`; a phase without a time is missing. */
export function makeSample(index: number, atMs: readonly (number | null)[], change: Partial<Sample> = {}): Sample {
  return {
    index,
    subject: 'a',
    warmUp: false,
    startedAt: '2026-01-01T00:00:00.000Z',
    outcome: atMs.includes(null) ? 'incomplete' : 'complete',
    phases: builtin.phases.map(({ name }, position) => {
      const at = atMs[position] ?? null;
      return at === null ? { name, status: 'missing', seenLast: '' } : { name, status: 'seen', atNs: Math.round(at * 1e6), byteOffset: position, text: name };
    }),
    firstByteNs: 40e6,
    provenance: { instrument: 'serialTrace', technique: 'trace', resolutionNs: 1_000 },
    argv: [],
    load: null,
    serialDigest: null,
    serialBytes: 100,
    metrics: null,
    failure: null,
    ...change,
  };
}
