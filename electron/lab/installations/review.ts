import { join } from 'node:path';
import type { CatalogEntry, ImageReference } from '../../contract/catalog.ts';
import { DeclaredError, type Failure } from '../../contract/errors.ts';
import { guestDefinition, type GuestDefinition } from '../../contract/guests.ts';
import { installationDraft, type InstallationDraft, type InstallationReview } from '../../contract/installations.ts';
import { isNameTaken } from '../../core/guests/guestNames.ts';
import { plainImagePaths } from '../../core/guests/plainImagePaths.ts';
import { qemuArguments } from '../../core/guests/qemuArguments.ts';
import { machineObstacles } from '../../core/installations/machineObstacle.ts';
import { awaitedWords, type InstallScript } from '../../core/installations/installScript.ts';
import { diskBusOf, diskImageOf, imagesToFetch, mediumImageOf, planInstallation, type InstallationGround, type PlannedStep } from '../../core/installations/planInstallation.ts';
import { inspectDiskFile } from '../../host/disks/inspectDiskFile.ts';
import { guestUuid } from '../../host/qemu/guestUuid.ts';
import { imagePath } from '../../host/qemu/imagePaths.ts';
import { inspectImage } from '../../host/qemu/inspectImage.ts';
import { knownBoards } from '../../host/qemu/knownBoards.ts';
import { machineLayout } from '../../host/qemu/machineDirectory.ts';
import { availableBytes } from '../../host/storage/storageFailures.ts';
import type { CatalogService } from '../catalog/catalog.ts';
import type { DisksService } from '../disks/disks.ts';
import type { GuestsService, ResolvedGuest } from '../guests/guests.ts';
import { decidedNetwork, inspectImages } from '../guests/resolveGuest.ts';
import { guestMachine } from '../guests/startGuest.ts';
import { asError } from './asError.ts';
import { readInstallScript } from './scripts.ts';
import { guestDraftOf } from './steps.ts';

export interface ReviewDependencies {
  readonly dataDirectory: string;
  readonly resourcesDirectory: string;
  readonly imagesDirectory: string;
  readonly runDirectory: string;
  readonly catalog: Pick<CatalogService, 'get' | 'reference' | 'libraryPath' | 'boot'>;
  readonly disks: Pick<DisksService, 'get'>;
  readonly guests: Pick<GuestsService, 'list' | 'resolve'>;
}

/** The id of the guest and of the disk that will be made while nobody knows theirs. */
const NEW = 'new';

/** What stands in the commands for that which is chosen when it is made. */
const placeholders = [
  { name: 'GUEST', means: 'the guest’s run directory' },
  { name: 'UUID', means: 'the guest’s UUID' },
  { name: 'DISK', means: 'the file of the new disk' },
  { name: 'IMAGE', means: 'the file that is fetched' },
  { name: 'FORMAT', means: 'its format' },
] as const;

/** The words of a command with the placeholders in it. */
function withPlaceholders(argv: readonly string[], runDirectory: string): string[] {
  const directory = machineLayout(runDirectory, NEW).path;
  return argv.map((word) => word.replaceAll(directory, join(runDirectory, 'GUEST')).replaceAll(guestUuid(NEW), 'UUID'));
}

/** Says what an installation would do, and what stands in its way. Nothing is made. */
export function createReview(dependencies: ReviewDependencies): { review(draft: InstallationDraft): Promise<InstallationReview> } {
  const { dataDirectory, resourcesDirectory, catalog } = dependencies;
  return {
    async review(given) {
      const draft = installationDraft.parse(given);
      const entry = draft.entry === null ? null : catalog.get(draft.entry);
      const obstacles: Failure[] = [];
      const note = (failure: Failure): void => void obstacles.push(failure);
      const script = await attempt(() => scriptFor(draft.install, entry, resourcesDirectory), note);
      const ground: InstallationGround = { draft, entry, script: script ?? null };
      // First, because nothing that the user could bring or choose helps while no QEMU here has such a board.
      const hasBoard = await attempt(() => refuseMissingBoard(dependencies, ground), note);
      for (const obstacle of plainObstacles(dependencies, ground)) note(obstacle);
      await attempt(() => inspectSourceOf(dependencies, ground), note);
      const commands = hasBoard === undefined ? undefined : await attempt(() => commandsOf(dependencies, ground), note);
      const freeBytes = availableBytes(dataDirectory);
      const downloadBytes = sizeOfDownloads(dependencies, ground);
      if (freeBytes !== null && downloadBytes !== null && downloadBytes > freeBytes) note({ code: 'SPACE_TOO_SMALL', details: { path: dataDirectory, neededBytes: downloadBytes, availableBytes: freeBytes } });
      return {
        commands: commands ?? [],
        placeholders: placeholders.filter(({ name }) => commands?.some(({ argv }) => argv.some((word) => new RegExp(`\\b${name}\\b`).test(word)))),
        steps: planInstallation(ground).map((step) => ({ title: step.title, detail: detailOf(step, ground) })),
        warnings: warningsOf(ground, freeBytes),
        obstacles,
        downloadBytes,
        diskBytes: draft.newDisk?.bytes ?? null,
        freeBytes,
      };
    },
  };
}

/** Does something of which a declared failure is an obstacle, and no more. */
async function attempt<Result>(work: () => Result | Promise<Result>, note: (failure: Failure) => void): Promise<Result | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DeclaredError)) throw error;
    note(error.failure);
    return undefined;
  }
}

const invalid = (path: string, message: string): Failure => ({ code: 'INPUT_INVALID', details: { issues: [{ path, message }] } });

function scriptFor(install: string, entry: CatalogEntry | null, resourcesDirectory: string): InstallScript | null {
  if (install !== 'unattended') return null;
  const id = entry?.install?.script ?? null;
  if (id !== null) return readInstallScript(resourcesDirectory, id);
  throw new DeclaredError('INPUT_INVALID', { issues: [{ path: 'install', message: 'there is no script for this system: install it by hand' }] });
}

function plainObstacles({ guests }: ReviewDependencies, ground: InstallationGround): Failure[] {
  const { draft, entry } = ground;
  const { guest, install, source } = draft;
  const taken = isNameTaken(guest.name, guests.list().map(({ definition }) => definition.name));
  const hasDisk = draft.newDisk !== null || source.kind === 'disk' || source.kind === 'existing' || diskImageOf(ground) !== null;
  const hasMedium = source.kind === 'medium' || guest.medium !== null || mediumImageOf(ground) !== null;
  const needsMedium = install !== 'none' && !hasMedium && guest.boot.kernel === null;
  return [
    ...(taken ? [{ code: 'GUEST_NAME_TAKEN', details: { name: guest.name } } satisfies Failure] : []),
    ...(entry === null ? [] : machineObstacles(entry, guest, hasDisk ? diskBusOf(ground) : null)),
    ...(needsMedium ? [invalid('source', 'there is no medium to install from')] : []),
    ...(install !== 'none' && !hasDisk ? [invalid('newDisk', 'there is no disk to install to')] : []),
  ];
}

/** Looks at the user's file before anything is made of it. */
async function inspectSourceOf({ disks, catalog, imagesDirectory }: ReviewDependencies, ground: InstallationGround): Promise<void> {
  const { source, guest } = ground.draft;
  if (source.kind === 'medium') await inspectImage(source.path, { kind: 'medium' });
  if (source.kind === 'kernel') await inspectImages(guest, { imagesDirectory, libraryPath: catalog.libraryPath });
  if (source.kind === 'disk') await inspectDiskFile(source.path, guest.name);
  if (source.kind === 'existing') {
    const { trouble } = disks.get(source.disk);
    if (trouble !== null) throw asError(trouble);
  }
  for (const image of imagesToFetch(ground)) if (image.source.kind === 'own') catalog.reference(ground.entry?.id ?? '', image.id);
}

/** What is not here yet and has to come, in bytes; null when its size is not known. */
function sizeOfDownloads({ catalog }: ReviewDependencies, ground: InstallationGround): number | null {
  let sum: number | null = 0;
  for (const image of imagesToFetch(ground)) {
    if (isHere(() => catalog.reference(ground.entry?.id ?? '', image.id))) continue;
    const bytes = image.source.kind === 'download' ? image.source.bytes : null;
    sum = sum === null || bytes === null ? null : sum + bytes;
  }
  return sum;
}

function isHere(find: () => unknown): boolean {
  try {
    find();
    return true;
  } catch (error) {
    if (error instanceof DeclaredError) return false;
    throw error;
  }
}

/** An image as the guest will name it: one that is not here yet is named by what it will be. */
function futureImages({ catalog, dataDirectory }: ReviewDependencies): Parameters<typeof guestDraftOf>[2] {
  const later = (name: string): ImageReference => ({ kind: 'file', path: join(dataDirectory, 'images', name) });
  const image = (entry: CatalogEntry, id: string): ImageReference => {
    try {
      return catalog.reference(entry.id, id);
    } catch (error) {
      if (!(error instanceof DeclaredError)) throw error;
      return later(entry.images.find((candidate) => candidate.id === id)?.name ?? id);
    }
  };
  return {
    medium: image,
    boot: (entry) => ({
      ...entry.boot,
      kernel: entry.boot.kernel?.kind === 'image' ? image(entry, entry.boot.kernel.image) : entry.boot.kernel,
      modules: entry.boot.modules.map((module) => ({ ...module, image: module.image.kind === 'image' ? image(entry, module.image.image) : module.image })),
    }),
  };
}

async function commandsOf(dependencies: ReviewDependencies, ground: InstallationGround): Promise<InstallationReview['commands']> {
  const { draft } = ground;
  const { source, newDisk, install } = draft;
  const diskPath = join(dependencies.dataDirectory, 'disks', 'DISK.qcow2');
  const packages = imagesToFetch(ground).flatMap(({ name, source: from }) => (from.kind === 'packages' ? [{ title: `Fetch ${name}`, argv: ['apt-get', 'download', ...from.packages] }] : []));
  const imported = await importedFile(dependencies, ground);
  const convert = imported === null ? [] : [{ title: 'Import the disk image', argv: ['qemu-img', 'convert', '-p', '-f', imported.format, '-O', 'qcow2', imported.path, diskPath] }];
  const create = newDisk === null ? [] : [{ title: 'Make an empty disk', argv: ['qemu-img', 'create', '-q', '-f', 'qcow2', diskPath, String(newDisk.bytes)] }];
  const usesDisk = newDisk !== null || source.kind === 'disk' || diskImageOf(ground) !== null;
  const guest = guestDraftOf(ground, usesDisk ? NEW : null, futureImages(dependencies));
  const definition = guestDefinition.parse({ ...guest, id: NEW, createdAt: new Date(0).toISOString() });
  const inPlace = source.kind === 'disk' && source.inPlace ? { path: source.path, format: (await inspectDiskFile(source.path, draft.guest.name)).format } : { path: diskPath, format: 'qcow2' as const };
  const first = await machineCommand(dependencies, definition, inPlace);
  const start = [{ title: install === 'none' ? 'Start the guest' : 'Start it from the medium', argv: first }];
  const again = install === 'none' ? [] : [{ title: 'Start it from its disk', argv: await machineCommand(dependencies, { ...definition, medium: null, bootFrom: 'disk' }, inPlace) }];
  return [...packages, ...convert, ...create, ...start, ...again];
}

/** The file that becomes the guest's disk, or null; one that is not here yet has placeholders. */
async function importedFile({ catalog }: ReviewDependencies, ground: InstallationGround): Promise<{ path: string; format: string } | null> {
  const { source, guest } = ground.draft;
  if (source.kind === 'disk') return source.inPlace ? null : { path: source.path, format: (await inspectDiskFile(source.path, guest.name)).format };
  const image = diskImageOf(ground);
  if (image === null || ground.entry === null) return null;
  const { id } = ground.entry;
  if (!isHere(() => catalog.reference(id, image.id))) return { path: 'IMAGE', format: 'FORMAT' };
  const reference = catalog.reference(id, image.id);
  const path = reference.kind === 'library' ? catalog.libraryPath(reference.digest) : image.name;
  return { path, format: (await inspectDiskFile(path, guest.name)).format };
}

/** QEMU's command line as the guest's own builder makes it; only the files that are not there yet are not looked at. */
async function machineCommand(dependencies: ReviewDependencies, definition: GuestDefinition, newDisk: { path: string; format: ResolvedGuest['disks'][number]['format'] }): Promise<string[]> {
  const { guests, disks, imagesDirectory, runDirectory, catalog } = dependencies;
  const places = { imagesDirectory, libraryPath: catalog.libraryPath };
  const bare = await guests.resolve(bareOf(definition));
  const { boot, medium } = definition;
  const resolved: ResolvedGuest = {
    ...bare,
    kernelPath: boot.kernel === null ? null : imagePath(places, boot.kernel),
    modules: boot.modules.map((module) => ({ path: imagePath(places, module.image), arguments: module.arguments })),
    disks: definition.disks.map(({ disk, bus, readOnly }) => {
      const { path, format } = disk === NEW ? newDisk : disks.get(disk);
      return { id: disk, path, format, bus, readOnly };
    }),
    medium: medium === null ? (definition.disks.length === 0 ? null : { path: null }) : { path: imagePath(places, medium) },
    network: decidedNetwork(definition),
  };
  const { specification, layout } = guestMachine(definition, resolved, runDirectory);
  return withPlaceholders([bare.program.program, ...qemuArguments(plainImagePaths(specification, layout.path).specification)], runDirectory);
}

/** A guest without its files, which may not be there yet. */
const bareOf = (definition: GuestDefinition): GuestDefinition => ({ ...definition, disks: [], medium: null, boot: { kernel: null, arguments: '', modules: [] } });

/** Answers true, or throws BOARD_MISSING, or what keeps a QEMU from being found. */
async function refuseMissingBoard({ guests }: ReviewDependencies, { draft, entry }: InstallationGround): Promise<true> {
  const definition = guestDefinition.parse({ ...draft.guest, id: NEW, createdAt: new Date(0).toISOString() });
  const { machine } = definition;
  const { program } = await guests.resolve(bareOf(definition));
  if ((await knownBoards(program)).includes(machine.board)) return true;
  const needed = entry?.requiresBoard?.board === machine.board ? entry.requiresBoard.why : 'this build of QEMU does not list it';
  throw new DeclaredError('BOARD_MISSING', { board: machine.board, program: program.program, why: needed });
}

function detailOf({ kind, of }: PlannedStep, { script, entry }: InstallationGround): string {
  if (kind === 'fetch') {
    const source = entry?.images.find(({ id }) => id === of)?.source;
    return source?.kind === 'download' ? source.url : source?.kind === 'packages' ? `from the packages ${source.packages.join(', ')}` : '';
  }
  if (kind !== 'install' && kind !== 'firstBoot') return '';
  const step = script?.[kind][Number(of)];
  return step === undefined ? '' : `waits for ${awaitedWords(step.expect)}, at most ${step.limitSeconds} s`;
}

function warningsOf({ draft, entry, script }: InstallationGround, freeBytes: number | null): string[] {
  const { guest, newDisk } = draft;
  const preset = entry?.presets.find(({ machine }) => machine.board === guest.machine.board);
  return [
    ...(newDisk !== null && freeBytes !== null && newDisk.bytes > freeBytes ? [`The disk may grow to ${newDisk.bytes} bytes, and ${freeBytes} are free: it would stop when they are used up.`] : []),
    ...(entry !== null && entry.verified === null ? [`Nobody has booted ${entry.name} with Petri yet.`] : []),
    ...(preset?.known === 'fails' || preset?.known === 'claimed' ? [`${preset.name}: ${preset.why}`] : []),
    ...(script !== null && script.verified === null ? ['Nobody has seen this script install the system: stay near, and take over when it is lost.'] : []),
    ...(entry?.limits ?? []),
  ];
}
