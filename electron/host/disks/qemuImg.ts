import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { z } from 'zod';
import type { DiskCheck, DiskFormat } from '../../contract/disks.ts';
import { DeclaredError } from '../../contract/errors.ts';
import { runProcess } from '../process/runProcess.ts';
import { availableBytes } from '../storage/storageFailures.ts';
import { holdersOf } from './holders.ts';

/** What only looks at a header or makes an empty file takes milliseconds; a minute is for a host that swaps. */
const SHORT_LIMIT_MS = 60_000;
/** Copying and checking take as long as the disk is large; they are cancelled, never timed out. setTimeout's own limit. */
const NO_LIMIT_MS = 2_147_483_647;
/** A map has a line for each extent: a fragmented disk of a terabyte has some hundred megabytes of them. */
const MAP_LIMIT_CHARACTERS = 512 * 1024 * 1024;

export interface ImageFile {
  readonly path: string;
  readonly format: DiskFormat;
}

/** An extent of a disk's content as `qemu-img map` tells it. */
const extent = z.object({
  start: z.number(),
  length: z.number(),
  depth: z.number(),
  zero: z.boolean(),
  data: z.boolean(),
  offset: z.number().optional(),
});
export type Extent = z.infer<typeof extent>;

const imageInfo = z.object({
  'virtual-size': z.number(),
  format: z.string(),
  'backing-filename': z.string().optional(),
  'full-backing-filename': z.string().optional(),
});
const measured = z.object({ required: z.number(), 'fully-allocated': z.number() });
const checked = z.object({
  corruptions: z.number().default(0),
  leaks: z.number().default(0),
  'check-errors': z.number().default(0),
});

export interface Work {
  readonly signal?: AbortSignal;
  /** How much is done, from 0 to 1. */
  readonly progress?: (share: number) => void;
}

/** QEMU's program for images. Failures: QEMU_MISSING, DISK_IN_USE, DISK_FULL, PROCESS_FAILED, and the signal's own reason. */
export interface QemuImg {
  /** An empty image; with a backing file beside it, which is not opened. */
  create(target: ImageFile, bytes: number, backing?: { readonly name: string; readonly format: DiskFormat }): Promise<void>;
  /** Copies the content, with everything that it rests on, or only what is not in `onto` as well. */
  convert(source: ImageFile, target: ImageFile, work: Work, onto?: { readonly name: string; readonly format: DiskFormat }): Promise<void>;
  info(image: ImageFile): Promise<{ virtualBytes: number; backing: string | null }>;
  /** How many bytes the content would take in another format. */
  measure(source: ImageFile, format: DiskFormat): Promise<number>;
  check(image: ImageFile, work?: Work, repair?: boolean): Promise<DiskCheck>;
  map(image: ImageFile, signal?: AbortSignal): Promise<Extent[]>;
  /** Lets an image rest on another one of its chain: it takes over what lies between. */
  rebase(image: ImageFile, onto: { readonly name: string; readonly format: DiskFormat }, work?: Work): Promise<void>;
  /** Changes the size of a raw image. */
  resize(image: ImageFile, bytes: number): Promise<void>;
}

async function findProgram(searchPath: string): Promise<string> {
  const name = process.platform === 'win32' ? 'qemu-img.exe' : 'qemu-img';
  const directories = searchPath.split(delimiter).filter((directory) => directory !== '');
  for (const directory of directories) {
    try {
      await access(join(directory, name), constants.X_OK);
      return join(directory, name);
    } catch {
      // Not here: the next one.
    }
  }
  const install = process.platform === 'linux' ? 'Install it: sudo apt-get install qemu-utils' : 'Install QEMU; qemu-img is a part of it.';
  throw new DeclaredError('QEMU_MISSING', { program: name, searched: directories, install });
}

/** What qemu-img's own words mean, when they mean something that Petri has a name for. */
function explained(error: unknown, image: ImageFile, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted === true) return signal.reason;
  if (!(error instanceof DeclaredError) || error.code !== 'PROCESS_FAILED') return error;
  const { stderrTail } = (error as DeclaredError<'PROCESS_FAILED'>).details;
  if (/Failed to (get|lock)|Is another process using the image/.test(stderrTail)) {
    return new DeclaredError('DISK_IN_USE', { disk: image.path, wanted: 'be opened', by: holdersOf(image.path) }, { cause: error });
  }
  if (stderrTail.includes('No space left on device')) {
    return new DeclaredError('DISK_FULL', { path: image.path, availableBytes: availableBytes(dirname(image.path)) }, { cause: error });
  }
  return error;
}

/** qemu-img draws `    (12.34/100%)` over itself. */
function progressReader(progress: (share: number) => void): (piece: string) => void {
  let last = -1;
  return (piece) => {
    const share = Number(/.*\((\d+\.\d+)\/100%\)/s.exec(piece)?.[1] ?? Number.NaN) / 100;
    if (!(share > last)) return;
    last = share;
    progress(share);
  };
}

export function createQemuImg(searchPath = process.env['PETRI_QEMU_PATH'] ?? process.env['PATH'] ?? ''): QemuImg {
  const run = async (image: ImageFile, args: readonly string[], work: Work = {}, limits: { timeLimitMs: number; outputLimitCharacters?: number } = { timeLimitMs: SHORT_LIMIT_MS }): Promise<string> => {
    const { signal, progress } = work;
    const options = { ...limits, ...(signal && { signal }), ...(progress && { onOutput: progressReader(progress) }) };
    try {
      return (await runProcess(await findProgram(searchPath), args, options)).stdout;
    } catch (error) {
      throw explained(error, image, signal);
    }
  };
  const backed = (backing: { name: string; format: DiskFormat } | undefined): string[] => (backing === undefined ? [] : [backing.name, '-F', backing.format]);

  return {
    async create(target, bytes, backing) {
      // With -u the backing file is not opened: it may be in use by the very machine that this layer is for.
      const rest = backing === undefined ? [] : ['-u', '-b', ...backed(backing)];
      await run(target, ['create', '-q', '-f', target.format, ...rest, target.path, String(bytes)]);
    },
    async convert(source, target, work, onto) {
      const rest = onto === undefined ? [] : ['-B', ...backed(onto)];
      await run(source, ['convert', '-p', '-f', source.format, '-O', target.format, ...rest, source.path, target.path], { progress: () => undefined, ...work }, { timeLimitMs: NO_LIMIT_MS });
    },
    async info(image) {
      const found = imageInfo.parse(JSON.parse(await run(image, ['info', '--output=json', '-f', image.format, image.path])));
      return { virtualBytes: found['virtual-size'], backing: found['backing-filename'] ?? null };
    },
    async measure(source, format) {
      // Only these two can be measured; the others take about as much as raw does.
      const target = format === 'qcow2' ? 'qcow2' : 'raw';
      return measured.parse(JSON.parse(await run(source, ['measure', '--output=json', '-f', source.format, '-O', target, source.path]))).required;
    },
    check: (image, work, repair = false) => check(image, repair, (args) => run(image, args, work, { timeLimitMs: NO_LIMIT_MS })),
    async map(image, signal) {
      const text = await run(image, ['map', '--output=json', '-f', image.format, image.path], signal === undefined ? {} : { signal }, { timeLimitMs: NO_LIMIT_MS, outputLimitCharacters: MAP_LIMIT_CHARACTERS });
      return z.array(extent).parse(JSON.parse(text));
    },
    async rebase(image, onto, work) {
      await run(image, ['rebase', '-p', '-f', image.format, '-b', onto.name, '-F', onto.format, image.path], { progress: () => undefined, ...work }, { timeLimitMs: NO_LIMIT_MS });
    },
    async resize(image, bytes) {
      await run(image, ['resize', '-q', '--shrink', '-f', image.format, image.path, String(bytes)]);
    },
  };
}

/** Exit codes of `qemu-img check`: 2 corruptions, 3 leaks, 63 a format without anything to check (qemu-img(1)). */
async function check(image: ImageFile, repair: boolean, run: (args: readonly string[]) => Promise<string>): Promise<DiskCheck> {
  if (image.format === 'raw') return { clean: true, leaks: 0, corruptions: 0, checkErrors: 0, output: ['raw has no structure that could be damaged'] };
  const words: string[] = [];
  let report: string;
  try {
    report = await run(['check', '--output=json', '-f', image.format, ...(repair ? ['-r', 'all'] : []), image.path]);
  } catch (error) {
    if (!(error instanceof DeclaredError) || error.code !== 'PROCESS_FAILED') throw error;
    const { exitCode, stderrTail } = (error as DeclaredError<'PROCESS_FAILED'>).details;
    if (exitCode === 63) return { clean: true, leaks: 0, corruptions: 0, checkErrors: 0, output: [`${image.format} cannot be checked`] };
    if (exitCode !== 2 && exitCode !== 3 && exitCode !== 1) throw error;
    words.push(...stderrTail.split('\n').filter((line) => line.trim() !== '').slice(-20));
    // The counts stand on standard output, which a failed process does not give; the words are enough to tell which kind it is.
    const count = (pattern: RegExp): number => words.filter((line) => pattern.test(line)).length;
    if (exitCode === 1) return { clean: false, leaks: 0, corruptions: 0, checkErrors: Math.max(1, words.length), output: words };
    if (exitCode === 3) return { clean: false, leaks: Math.max(1, count(/^Leaked/)), corruptions: 0, checkErrors: 0, output: words };
    return { clean: false, leaks: count(/^Leaked/), corruptions: Math.max(1, count(/^ERROR/)), checkErrors: 0, output: words };
  }
  const { corruptions, leaks, 'check-errors': checkErrors } = checked.parse(JSON.parse(report));
  return { clean: corruptions + leaks + checkErrors === 0, leaks, corruptions, checkErrors, output: [] };
}
