import { z } from 'zod';
import { architecture } from '../../contract/primitives.ts';
import { phaseTable, run, sample, type PhaseDefinition, type PhaseStamp, type PhaseTable, type Run, type Sample, type Subject } from '../../contract/measurements.ts';
import { phaseAt } from './bootSeries.ts';

const seconds = z.number().nonnegative().max(86_400);

/**
 * One boot as the MINIX analysis keeps it in `measurements/ARCH/`. Its tools write these fields and leave out others when
 * they read; what Petri knows more of stands under `petri`.
 */
export const seedFile = z.object({
  /** ISO 8601 as Python's `datetime.isoformat` writes it: microseconds, and no zone. */
  timestamp: z.string(),
  architecture,
  container: z.string().min(1).max(100),
  /** Seconds since the start of the container. */
  boot_markers: z.record(z.string().min(1).max(100), seconds),
  total_time_ms: z.number().nonnegative().max(86_400_000),
  marker_count: z.number().int().nonnegative(),
  success: z.boolean(),
  petri: z
    .object({
      run: z.string(),
      sample: z.number().int(),
      technique: z.string().max(500),
      resolution_ns: z.number().int().nonnegative(),
      accelerator: z.string(),
      qemu: z.string(),
      /** All that Petri knows of the run and of this boot but the bytes behind it, so that it comes back as it was. */
      record: z.object({ run, sample }).optional(),
    })
    .optional(),
});
export type SeedFile = z.infer<typeof seedFile>;

/** Its tools look at the container's log once a second. */
export const SEED_RESOLUTION_NS = 1e9;
export const SEED_TECHNIQUE = 'markers in a container’s log, looked at once a second';

/** A file with what it says, or why it says nothing that can be used. */
export type ReadSeedFile = { readonly file: string; readonly boot: SeedFile; readonly at: string } | { readonly file: string; readonly reason: string };

/** Reads one file; `folder` is the architecture that its folder is named after. */
export function readSeedFile(file: string, folder: string, text: string): ReadSeedFile {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return { file, reason: 'it is not JSON' };
  }
  const parsed = seedFile.safeParse(data);
  if (!parsed.success) return { file, reason: parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'the whole'}: ${message}`).join('; ').slice(0, 500) };
  const at = instantOf(parsed.data.timestamp);
  const reason = at === null ? `timestamp: ${JSON.stringify(parsed.data.timestamp.slice(0, 60))} is no time` : contradictionIn(parsed.data, folder);
  return at === null || reason !== null ? { file, reason: reason ?? '' } : { file, boot: parsed.data, at };
}

/** A time without a zone is taken as UTC. */
function instantOf(text: string): string | null {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(text)) return null;
  const time = new Date(/(Z|[+-]\d{2}:?\d{2})$/.test(text) ? text : `${text}Z`);
  return Number.isNaN(time.getTime()) ? null : time.toISOString();
}

function contradictionIn({ architecture: named, boot_markers, total_time_ms, success, petri }: SeedFile, folder: string): string | null {
  const last = Math.max(0, ...Object.values(boot_markers));
  if (named !== folder) return `it is of ${named} and lies in the folder of ${folder}`;
  if (success && Object.keys(boot_markers).length === 0) return 'it is of a successful boot and has no marker';
  // The last look at the log may be up to a second after the last marker, and before it none can be.
  if (last * 1_000 > total_time_ms + 1_000) return `a marker at ${last} s is after the end at ${total_time_ms / 1_000} s`;
  return petri?.record === undefined || isOf(petri.record, { boot_markers, success }) ? null : 'its markers are not those of Petri’s record in it';
}

/** Whether a record says of its boot what the file's own fields say. */
function isOf({ run: kept, sample: boot }: { readonly run: Run; readonly sample: Sample }, { boot_markers, success }: Pick<SeedFile, 'boot_markers' | 'success'>): boolean {
  const subject = kept.subjects.find(({ key }) => key === boot.subject);
  if (subject === undefined) return false;
  const own = seedFileOf(kept, subject, boot);
  const names = new Set([...Object.keys(own.boot_markers), ...Object.keys(boot_markers)]);
  return own.success === success && [...names].every((name) => own.boot_markers[name] === boot_markers[name]);
}

/** The most bytes of a file that are read again; larger records go without what is large in them. */
const LARGEST_FILE_BYTES = 1_000_000;

/** The text of a boot's file: with the record as far as it has room. */
export function seedFileText(run: Run, subject: Subject, sample: Sample): string {
  const bare = seedFileOf(run, subject, sample);
  const record = { run: withoutLocal(run), sample: withoutBytes(sample) };
  const lighter = record.sample.metrics === null ? record : { ...record, sample: { ...record.sample, metrics: { ...record.sample.metrics, profile: null } } };
  const texts = [record, lighter].map((kept) => written({ ...bare, petri: { ...bare.petri, record: kept } }));
  return texts.find(({ length }) => length < LARGEST_FILE_BYTES) ?? written(bare);
}

function written(file: SeedFile): string {
  return `${JSON.stringify(file, null, 1)}\n`;
}

/** The order of boots is that of the files. */
function withoutLocal(run: Run): Run {
  return { ...run, plan: { ...run.plan, order: [] } };
}

/** The bytes behind a boot stay where they are: what did not come has no digest, whatever a file says. */
export function withoutBytes({ marks: _marks, ...sample }: Sample): Sample {
  const { metrics } = sample;
  return { ...sample, serialDigest: null, metrics: metrics === null ? null : { ...metrics, evidence: metrics.evidence.map((trace) => ({ ...trace, digest: null })) } };
}

/** A boot in the seed's form, without Petri's own record of it. */
export function seedFileOf(run: Run, subject: Subject, sample: Sample): SeedFile & { readonly petri: NonNullable<SeedFile['petri']> } {
  const seen = sample.phases.flatMap(({ name }) => {
    const at = phaseAt(sample, name);
    return at === null ? [] : [{ name, at }];
  });
  return {
    timestamp: sample.startedAt,
    architecture: subject.guest.architecture,
    container: subject.label.slice(0, 100),
    boot_markers: Object.fromEntries(seen.map(({ name, at }) => [name, at / 1e9])),
    total_time_ms: Math.max(0, ...seen.map(({ at }) => at)) / 1e6,
    marker_count: seen.length,
    success: sample.outcome === 'complete',
    petri: { run: run.id, sample: sample.index, technique: sample.provenance.technique, resolution_ns: sample.provenance.resolutionNs, accelerator: subject.accelerator, qemu: subject.qemu.version },
  };
}

/** The markers of several boots as a table of phases: in the order of their times, required where every successful boot has them. */
export function phasesOf(boots: readonly SeedFile[], id: string): PhaseTable {
  const successful = boots.filter(({ success }) => success);
  const names = [...new Set(boots.flatMap(({ boot_markers }) => Object.keys(boot_markers)))];
  const earliest = (name: string): number => Math.min(...boots.flatMap(({ boot_markers }) => boot_markers[name] ?? []));
  const phases = names.sort((one, other) => earliest(one) - earliest(other) || (one < other ? -1 : 1)).map((name): PhaseDefinition => ({
    name,
    title: name,
    // Matches nothing: the file does not say what its tool looked for.
    pattern: '(?!)',
    optional: successful.some(({ boot_markers }) => boot_markers[name] === undefined),
    explanation: 'A marker of an imported file.',
  }));
  const none: PhaseDefinition = { name: 'none', title: 'No marker', pattern: '(?!)', optional: false, explanation: 'No file had a marker.' };
  return phaseTable.parse({ id, system: 'imported', source: 'Files of measurements/ARCH, as the MINIX analysis writes them.', phases: phases.length === 0 ? [none] : phases });
}

/** One boot as a sample of an imported run. */
export function sampleOf({ boot_markers, success, petri }: SeedFile, at: string, index: number, table: PhaseTable): Sample {
  return {
    index,
    subject: 'a',
    warmUp: false,
    startedAt: at,
    outcome: success ? 'complete' : 'incomplete',
    phases: table.phases.map(({ name }): PhaseStamp => {
      const marker = boot_markers[name];
      return marker === undefined ? { name, status: 'missing', seenLast: '' } : { name, status: 'seen', atNs: Math.round(marker * 1e9), byteOffset: 0, text: '' };
    }),
    firstByteNs: null,
    provenance: { instrument: 'serialSocket', technique: petri?.technique ?? SEED_TECHNIQUE, resolutionNs: petri?.resolution_ns ?? SEED_RESOLUTION_NS },
    argv: [],
    load: null,
    serialDigest: null,
    serialBytes: 0,
    metrics: null,
    failure: null,
  };
}
