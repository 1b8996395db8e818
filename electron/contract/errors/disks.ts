import { z } from 'zod';
import { declareError } from './declare.ts';

const onDisk = z.object({ disk: z.string() });

/** Failures of disks, snapshots and images to be fetched. */
export const diskErrors = {
  DISK_IN_USE: declareError({
    status: 409,
    /** `attached`: it is a drive of these guests, whether they run or not. */
    details: onDisk.extend({ wanted: z.string(), by: z.array(z.string()), attached: z.boolean().optional() }),
    what: (d) => `The disk ${d.disk} is in use, so it cannot ${d.wanted}.`,
    evidence: (d) => d.by.map((user) => `used by ${user}`),
    fix: (d) => (d.attached === true ? 'Take it out of each of these guests first, or delete the guest; a guest must be stopped for that.' : 'Stop what uses it first; a clone can be used at the same time.'),
  }),
  DISK_DELETED: declareError({
    status: 409,
    details: onDisk.extend({ id: z.string() }),
    what: (d) => `The disk ${d.disk} is deleted.`,
    evidence: () => ['It is in the trash, from which it can be taken back for 7 days.'],
    fix: (d) => `Restore it: petri disk restore ${d.id}`,
  }),
  DISK_HAS_CLONES: declareError({
    status: 409,
    details: onDisk.extend({ wanted: z.string(), clones: z.array(z.string()) }),
    what: (d) => `Other disks rest on ${d.disk}, so it cannot ${d.wanted}.`,
    evidence: (d) => d.clones.map((clone) => `linked clone: ${clone}`),
    fix: () => 'Make its linked clones full copies or delete them first.',
  }),
  DISK_DAMAGED: declareError({
    status: 500,
    details: onDisk.extend({ path: z.string(), output: z.array(z.string()) }),
    what: (d) => `The disk ${d.disk} is damaged.`,
    evidence: (d) => [d.path, ...d.output],
    fix: () => '"Repair" keeps the damaged file beside a repaired one; a snapshot may be whole.',
  }),
  DISK_FORMAT_UNKNOWN: declareError({
    status: 400,
    details: z.object({ path: z.string(), begins: z.string() }),
    what: (d) => `${d.path} is no disk image.`,
    evidence: (d) => [`begins with ${d.begins}`],
    fix: () => 'Choose a qcow2, raw, VMDK, VDI or VHD file.',
  }),
  DISK_BACKED_OUTSIDE: declareError({
    status: 400,
    details: z.object({ path: z.string(), backing: z.string() }),
    what: (d) => `${d.path} rests on another file that is not part of it.`,
    evidence: (d) => [`backing file: ${d.backing}`],
    fix: (d) => `Flatten it first: qemu-img convert -O qcow2 '${d.path}' flat.qcow2`,
  }),
  DISK_SHRINK_REFUSED: declareError({
    status: 400,
    details: onDisk.extend({ bytes: z.number(), wanted: z.number() }),
    what: (d) => `Shrinking ${d.disk} would cut off what lies behind the new end.`,
    evidence: (d) => [`${d.bytes} bytes now, ${d.wanted} wanted`],
    fix: () => 'Shrink the file systems inside the guest first, then say that you want it.',
  }),
  SPACE_TOO_SMALL: declareError({
    status: 507,
    details: z.object({ path: z.string(), neededBytes: z.number(), availableBytes: z.number() }),
    what: (d) => `There is not enough space in ${d.path}.`,
    evidence: (d) => [`${d.neededBytes} bytes are needed, ${d.availableBytes} are free`],
    fix: () => 'Free some space, or move the data directory. Nothing was written.',
  }),
  FILE_EXISTS: declareError({
    status: 409,
    details: z.object({ path: z.string() }),
    what: (d) => `${d.path} exists already.`,
    evidence: () => ['Petri overwrites no file of yours.'],
    fix: () => 'Choose another name.',
  }),
  SNAPSHOT_IMPOSSIBLE: declareError({
    status: 409,
    details: z.object({ guest: z.string(), obstacles: z.array(z.string()) }),
    what: (d) => `${d.guest} cannot be snapshotted as it is.`,
    evidence: (d) => d.obstacles,
    fix: () => 'Remove what stands in the way, or stop the guest and snapshot its disks alone.',
  }),
  DOWNLOAD_FAILED: declareError({
    status: 502,
    details: z.object({ url: z.string(), reason: z.string(), receivedBytes: z.number(), expectedBytes: z.number().nullable() }),
    what: (d) => `${d.url} could not be fetched.`,
    evidence: (d) => [d.reason, `${d.receivedBytes} of ${d.expectedBytes ?? 'an unknown number of'} bytes are kept`],
    fix: () => 'Try again: it goes on where it stopped. Or fetch it with another program and import the file.',
  }),
  DOWNLOAD_WRONG: declareError({
    status: 502,
    details: z.object({ url: z.string(), what: z.string(), expected: z.string(), found: z.string() }),
    what: (d) => `What came from ${d.url} is not what was expected.`,
    evidence: (d) => [`${d.what}: ${d.found}`, `expected ${d.expected}`],
    fix: () => 'It was thrown away. The address may lead elsewhere now: get the image from its makers and import the file.',
  }),
  ARCHIVE_DAMAGED: declareError({
    status: 400,
    details: z.object({ path: z.string(), format: z.string(), reason: z.string() }),
    what: (d) => `${d.path} cannot be unpacked.`,
    evidence: (d) => [`${d.format}: ${d.reason}`],
    fix: () => 'Fetch it again; nothing of it was kept.',
  }),
  IMAGE_IN_USE: declareError({
    status: 409,
    details: z.object({ image: z.string(), by: z.array(z.string()) }),
    what: (d) => `The image "${d.image}" is in use, so it cannot be removed.`,
    evidence: (d) => d.by.map((user) => `used by ${user}`),
    fix: () => 'Delete what uses it first, or give that another image.',
  }),
  IMAGE_NOT_FETCHED: declareError({
    status: 424,
    details: z.object({ entry: z.string(), image: z.string(), source: z.string(), way: z.enum(['fetch', 'install', 'ownMedium', 'ownDisk', 'own']).default('fetch') }),
    what: (d) => `The image "${d.image}" of ${d.entry} is not here yet.`,
    evidence: (d) => [`it comes from ${d.source}`],
    fix: (d) =>
      ({
        fetch: `Fetch it first: petri catalog fetch ${d.entry}`,
        install: `Install it, which fetches it too: petri install ${d.entry}`,
        ownMedium: `Name a file of yours: petri install ${d.entry} --medium FILE`,
        ownDisk: `Name a file of yours: petri install ${d.entry} --image FILE`,
        own: `Name a kernel of yours: petri install ${d.entry} --kernel FILE [--initrd FILE] [--append WORDS]`,
      })[d.way],
  }),
  ENTRY_NOT_INSTALLED: declareError({
    status: 409,
    details: z.object({ entry: z.string(), name: z.string(), images: z.array(z.string()) }),
    what: (d) => `${d.name} boots from a disk or a medium, and a guest made of its catalog entry alone would have neither.`,
    evidence: (d) => [d.images.length === 0 ? 'its entry names no kernel and no image' : `its entry names no kernel; what it has: ${d.images.join(', ')}`],
    fix: (d) => `Install it: petri install ${d.entry}`,
  }),
};
