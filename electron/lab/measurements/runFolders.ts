import { createHash } from 'node:crypto';
import { acceleratorName } from '../../contract/accelerators.ts';
import { DeclaredError } from '../../contract/errors.ts';
import { guestDefinition, type GuestDefinition } from '../../contract/guests.ts';
import type { Run } from '../../contract/measurements.ts';
import { phasesOf, readSeedFile, sampleOf, seedFileText, withoutBytes, type ReadSeedFile } from '../../core/measurements/seedFiles.ts';
import { readMeasurementFiles, writeMeasurementFile } from '../../host/storage/measurementFiles.ts';
import type { RunStore } from './runStore.ts';

export interface ImportedFolder {
  readonly runs: string[];
  readonly refused: { readonly file: string; readonly reason: string }[];
}

export interface RunFolders {
  /** Writes each boot that is no warm-up; all runs when none is named. Throws NOT_FOUND, PATH_REFUSED, DISK_FULL. */
  exportFolder(folder: string, runs?: readonly string[]): { files: string[] };
  /** A run for each container and architecture. Files that cannot be used are refused one by one. Throws PATH_REFUSED. */
  importFolder(folder: string): ImportedFolder;
}

type Good = Extract<ReadSeedFile, { boot: unknown }>;

/** The most boots of one run. */
const MOST_BOOTS = 1_000;
const TAG = 'imported';

/** Runs in the layout of the MINIX analysis: a file for each boot, in a folder for each architecture. */
export function createRunFolders(store: Pick<RunStore, 'get' | 'find' | 'add' | 'has'>, onChange: () => void): RunFolders {
  return {
    exportFolder(folder, runs) {
      const ids = runs ?? store.find({ order: 'oldest', offset: 0, limit: Number.MAX_SAFE_INTEGER }).items.map(({ id }) => id);
      return { files: ids.flatMap((id) => exportRun(store, folder, id)) };
    },
    importFolder(folder) {
      const files = readMeasurementFiles(folder).map(({ file, architecture, text, reason }): ReadSeedFile => (text === null ? { file, reason } : readSeedFile(file, architecture, text)));
      const good = files.flatMap((file) => ('boot' in file ? [file] : []));
      const refused = files.flatMap((file) => ('boot' in file ? [] : [file]));
      const imported = groupsOf(good).map((group) => importGroup(store, group));
      onChange();
      return { runs: imported.flatMap(({ runs }) => runs), refused: [...refused, ...imported.flatMap((one) => one.refused)] };
    },
  };
}

function exportRun(store: Pick<RunStore, 'get'>, folder: string, id: string): string[] {
  const { run, samples } = store.get(id);
  return samples.filter(({ warmUp }) => !warmUp).flatMap((sample) => {
    const subject = run.subjects.find(({ key }) => key === sample.subject);
    if (subject === undefined) return [];
    const name = `boot-${sample.startedAt.replaceAll(/[-:.]/g, '')}-${run.id}-${sample.index}.json`;
    return [writeMeasurementFile(folder, subject.guest.architecture, name, seedFileText(run, subject, sample))];
  });
}

/** Boots of the same container and architecture, the oldest first, as many at once as a run may have. */
function groupsOf(files: readonly Good[]): Good[][] {
  const groups = Map.groupBy(files, ({ boot: { architecture, container, petri } }) => petri?.record === undefined ? JSON.stringify([architecture, container, petri?.run ?? null]) : petri.run);
  return [...groups.values()].flatMap((group) => {
    const inTime = group.toSorted((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0));
    return Array.from({ length: Math.ceil(inTime.length / MOST_BOOTS) }, (_, part) => inTime.slice(part * MOST_BOOTS, (part + 1) * MOST_BOOTS));
  });
}

/** The id is made of what is in the files, so that the same boots are not imported twice. */
function importGroup(store: Pick<RunStore, 'add' | 'has'>, group: readonly Good[]): ImportedFolder {
  const digest = createHash('sha256').update(JSON.stringify(group.map(({ boot }) => boot))).digest('hex');
  const id = `imported-${digest.slice(0, 12)}`;
  if (store.has(id)) return { runs: [], refused: group.map(({ file }) => ({ file, reason: `it was imported before, as ${id}` })) };
  const run = keptRun(id, group) ?? runOf(id, group);
  store.add({ run, samples: group.map(({ boot, at }, index) => (boot.petri?.record === undefined ? sampleOf(boot, at, index, run.phaseTable) : { ...withoutBytes(boot.petri.record.sample), index })) });
  return { runs: [id], refused: [] };
}

/** The run as Petri had it, with the boots that came; null for files of other programs. */
function keptRun(id: string, group: readonly Good[]): Run | null {
  const record = group[0]?.boot.petri?.record?.run;
  if (record === undefined) return null;
  const order = group.map(({ boot }) => ({ subject: boot.petri?.record?.sample.subject ?? 'a', warmUp: false }));
  const unknown = record.imported?.unknown ?? [];
  return { ...record, id, state: 'done', tags: [...new Set([...record.tags, TAG])], saved: true, plan: { ...record.plan, warmUps: 0, order }, imported: { at: new Date().toISOString(), files: group.length, unknown } };
}

/** A run that says of itself only what the files say; the contract's other fields hold what stands for "not known". */
function runOf(id: string, group: readonly Good[]): Run {
  const [first, last] = [group[0], group.at(-1)];
  if (first === undefined || last === undefined) throw new DeclaredError('NO_SAMPLES', { run: id });
  const { container, architecture, petri } = first.boot;
  const known = acceleratorName.safeParse(petri?.accelerator).data;
  // Fields that must have a value have one; `unknown` says that it means nothing.
  const accelerator = known ?? 'tcg';
  const phaseTable = phasesOf(group.map(({ boot }) => boot), id);
  const guest = guestOf(id, first);
  return {
    id,
    kind: 'boot',
    name: `${container.trim()}, ${architecture}, imported`.replaceAll(/[\u0000-\u001f\u007f]/g, ' ').slice(0, 120).trim(),
    question: '',
    createdAt: first.at,
    endedAt: last.at,
    state: 'done',
    subjects: [{ key: 'a', label: container, guest, accelerator, qemu: { id: 'unknown', program: 'unknown', version: petri?.qemu ?? 'unknown', package: null }, extraArguments: '', images: [], control: false }],
    plan: {
      ...{ runs: group.length, warmUps: 0, timeLimitSeconds: 86_400, outputLimitBytes: 0, instrument: 'serialSocket', events: null, seed: 0 },
      order: group.map(() => ({ subject: 'a', warmUp: false })),
    },
    phaseTable,
    // Of no host that there is: nothing of this lab is compared with it but ratios.
    host: { id: createHash('sha256').update(`unknown host of ${id}`).digest('hex'), platform: 'unknown', kernel: 'unknown', cpuModel: 'unknown', cores: 0, memoryBytes: 0, governor: null, virtualised: null },
    overhead: null,
    failure: null,
    notes: `Imported from ${group.length} ${group.length === 1 ? 'file' : 'files'}. ${petri === undefined ? 'Machine, QEMU, accelerator' : 'Machine'} and host are not recorded; times without a zone are taken as UTC.`,
    tags: [TAG],
    saved: true,
    imported: { at: new Date().toISOString(), files: group.length, unknown: ['host', 'machine', ...(petri === undefined ? (['qemu'] as const) : []), ...(known === undefined ? (['accelerator'] as const) : [])] },
  };
}

function guestOf(id: string, { boot: { container, architecture }, at }: Good): GuestDefinition {
  return guestDefinition.parse({
    id,
    name: container.replaceAll(/[\u0000-\u001f\u007f]/g, ' ').trim() || id,
    catalogEntry: null,
    architecture,
    machine: { board: 'unknown', cpuModel: 'unknown', cpus: 1, memoryMiB: 4 },
    boot: { kernel: null, arguments: '', modules: [] },
    phaseTable: id,
    accelerator: 'auto',
    notes: 'Known from imported measurements only; the machine is not recorded.',
    createdAt: at,
  });
}
