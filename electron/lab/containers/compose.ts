import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import { DeclaredError } from '../../contract/errors.ts';
import type { GuestDefinition, GuestDraft } from '../../contract/guests.ts';
import { composeOf, type ExportedGuest } from '../../core/containers/exportCompose.ts';
import { readCompose, type ReadCompose } from '../../core/containers/importCompose.ts';
import { recipeFor } from '../../core/containers/recipes.ts';
import { uniqueName } from '../../core/guests/guestNames.ts';
import { readComposeText, writeComposeText } from '../../host/docker/composeText.ts';
import { containerUser } from '../../host/docker/givenFiles.ts';
import { layersOf } from '../../host/docker/layerMounts.ts';
import { imagePath, type ImagePlaces } from '../../host/qemu/imagePaths.ts';
import type { DisksService } from '../disks/disks.ts';
import type { GuestsService } from '../guests/guests.ts';

export interface ComposeDependencies {
  readonly guests: Pick<GuestsService, 'list' | 'create' | 'remove'>;
  /** The newest layer of a disk. Throws NOT_FOUND. */
  readonly diskFile: (id: string) => Pick<ReturnType<DisksService['get']>, 'path' | 'format'>;
  readonly places: ImagePlaces;
  readonly chosenEngine: () => string;
}

export interface Compose {
  exportGroup(group: string): Promise<string>;
  read(yaml: string): ReadCompose & { readonly digest: string };
  import(yaml: string): Promise<{ group: string; guests: string[] }>;
}

const head = [
  'Guests of Petri as containers. Build the images first: petri images build qemu-i386 (qemu-x86_64, qemu-arm).',
  'Disks are those of Petri, at their newest layer: do not run this while the guests run in Petri, and export again after a snapshot.',
];

export function createCompose({ guests, diskFile, places, chosenEngine }: ComposeDependencies): Compose {
  const exported = async (definition: GuestDefinition): Promise<ExportedGuest> => {
    const { boot, medium } = definition;
    const disks = await Promise.all(definition.disks.map(async ({ disk }) => {
      const file = diskFile(disk);
      return { path: file.path, format: file.format, folders: [...new Set((await layersOf(file)).map((path) => dirname(path)))] };
    }));
    return {
      definition,
      kernelPath: boot.kernel === null ? null : imagePath(places, boot.kernel),
      modules: boot.modules.map(({ image, arguments: words }) => ({ path: imagePath(places, image), arguments: words })),
      disks,
      mediumPath: medium === null ? null : imagePath(places, medium),
    };
  };
  const read = (yaml: string): ReadCompose => {
    const found = readCompose(readComposeText(yaml), { engine: chosenEngine(), name: 'Imported' });
    const known = found.guests.map((draft) => withKnownDisks(draft, diskFile));
    return { ...found, guests: known.map(({ draft }) => draft), ignored: [...found.ignored, ...known.flatMap(({ ignored }) => ignored)] };
  };
  return {
    async exportGroup(group) {
      const members = guests.list().map(({ definition }) => definition).filter((definition) => definition.group === group);
      if (members.length === 0) throw new DeclaredError('NOT_FOUND', { noun: 'group of guests', id: group });
      const strange = members.find(({ architecture }) => recipeFor(architecture) === null);
      if (strange !== undefined) throw new DeclaredError('MACHINE_UNSUPPORTED', { system: strange.name, part: 'a container for', value: strange.architecture, why: 'Petri has no image with QEMU for it.' });
      const { uid, gid } = containerUser();
      return writeComposeText(composeOf(group, await Promise.all(members.map(exported)), `${uid}:${gid}`), head);
    },
    read: (yaml) => ({ ...read(yaml), digest: createHash('sha256').update(yaml).digest('hex') }),
    async import(yaml) {
      const { group, guests: drafts } = read(yaml);
      const made: string[] = [];
      try {
        for (const draft of drafts) {
          const names = guests.list().map(({ definition }) => definition.name);
          made.push((await guests.create({ ...draft, name: uniqueName(draft.name, names) })).definition.id);
        }
      } catch (error) {
        // All or nothing.
        for (const id of made) guests.remove(id);
        throw error;
      }
      return { group, guests: made };
    },
  };
}

/** Disks have ids of one lab: of a file from another one they are left out, and said. */
function withKnownDisks(draft: GuestDraft, diskFile: ComposeDependencies['diskFile']): { draft: GuestDraft; ignored: string[] } {
  const isKnown = (disk: string): boolean => {
    try {
      return diskFile(disk).path !== '';
    } catch {
      return false;
    }
  };
  const disks = draft.disks.filter(({ disk }) => isKnown(disk));
  const lost = draft.disks.filter(({ disk }) => !isKnown(disk));
  return { draft: { ...draft, disks }, ignored: lost.map(({ disk }) => `${draft.name}: this lab has no disk ${disk}`) };
}
