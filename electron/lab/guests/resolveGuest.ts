import type { QemuBuild } from '../../contract/accelerators.ts';
import { DeclaredError } from '../../contract/errors.ts';
import type { GuestDefinition } from '../../contract/guests.ts';
import { resolveCpuModel } from '../../core/accelerators/cpuModel.ts';
import { hasCdDrive, unsupportedPart } from '../../core/guests/boards.ts';
import type { MachineNetwork, MachineSpecification } from '../../core/guests/machine.ts';
import type { ResolvedImages } from '../../core/guests/machineSpecification.ts';
import { imagePath, type ImagePlaces } from '../../host/qemu/imagePaths.ts';
import { inspectImage } from '../../host/qemu/inspectImage.ts';
import { inspectShare } from '../../host/qemu/inspectShare.ts';
import { needDisk, type GuestDisks } from './disks.ts';
import { refuseChangedImages, type IdentityTools } from './identifyImages.ts';
import type { Places } from './places.ts';

/** What a definition means on this host: the program, the accelerator and its CPU, the files. */
export interface ResolvedGuest extends ResolvedImages {
  readonly program: QemuBuild;
}

export interface ResolutionTools extends IdentityTools {
  readonly machinePlaces: Places;
  readonly disks: Pick<GuestDisks, 'get' | 'trash'>;
  /** No folder with the lab's own data in it is shared. */
  readonly dataDirectory: string;
}

/** Says what is wrong with the images of a guest, without QEMU. Throws the IMAGE_ errors and PATH_REFUSED. */
export async function inspectImages({ architecture, boot }: Pick<GuestDefinition, 'architecture' | 'boot'>, places: ImagePlaces): Promise<Pick<ResolvedImages, 'kernelPath' | 'modules'>> {
  const kernelPath = boot.kernel === null ? null : imagePath(places, boot.kernel);
  if (kernelPath !== null) await inspectImage(kernelPath, { kind: 'kernel', architecture });
  const modules = boot.modules.map((module) => ({ path: imagePath(places, module.image), arguments: module.arguments }));
  for (const { path } of modules) await inspectImage(path, { kind: 'module' });
  return { kernelPath, modules };
}

/** The file in the CD drive, and whether there is a drive. Throws the IMAGE_ errors and PATH_REFUSED. */
export async function inspectMedium(definition: Pick<GuestDefinition, 'machine' | 'medium' | 'disks'>, places: ImagePlaces): Promise<MachineSpecification['medium']> {
  const { medium } = definition;
  if (medium === null) return hasCdDrive(definition) ? { path: null } : null;
  const path = imagePath(places, medium);
  await inspectImage(path, { kind: 'medium' });
  return { path };
}

/** The network with every port decided: what has none yet gets one when the guest is prepared for its start. */
export function decidedNetwork({ network }: GuestDefinition): MachineNetwork {
  if (network.kind === 'none') return network;
  return { ...network, forwards: network.forwards.flatMap((forward) => (forward.hostPort === null ? [] : [{ ...forward, hostPort: forward.hostPort }])) };
}

/** Throws MACHINE_UNSUPPORTED for equipment that QEMU could not give to this board. */
export function refuseUnsupported(definition: GuestDefinition): void {
  const unsupported = unsupportedPart(definition);
  if (unsupported !== null) throw new DeclaredError('MACHINE_UNSUPPORTED', { system: definition.name, ...unsupported });
}

/** Throws NOTHING_TO_BOOT: firmware would look for a system for ever, and the guest would seem to run. */
export function refuseEmpty({ name, catalogEntry, boot, disks, medium }: Pick<GuestDefinition, 'name' | 'catalogEntry' | 'boot' | 'disks' | 'medium'>): void {
  if (boot.kernel === null && disks.length === 0 && medium === null) throw new DeclaredError('NOTHING_TO_BOOT', { guest: name, system: catalogEntry });
}

/**
 * Files first: what is wrong with them needs no QEMU to be said. Nothing is borrowed and no port is chosen.
 * Throws IMAGE_…, MACHINE_UNSUPPORTED, SHARE_REFUSED, DISK_DELETED and NOT_FOUND for a disk, QEMU_… and ACCELERATOR_UNUSABLE.
 */
export async function resolveGuest(definition: GuestDefinition, tools: ResolutionTools): Promise<ResolvedGuest> {
  const { architecture, machine, share } = definition;
  refuseUnsupported(definition);
  const images = await inspectImages(definition, tools.places);
  await refuseChangedImages(definition.boot, tools);
  const medium = await inspectMedium(definition, tools.places);
  const disks = definition.disks.map(({ disk, bus, readOnly }) => {
    const { path, format } = needDisk(tools.disks, disk);
    return { id: disk, path, format, bus, readOnly };
  });
  const shared = share === null ? null : { ...share, path: await inspectShare(share.path, tools.dataDirectory) };
  const { accelerator, qemu } = await tools.machinePlaces.of(definition.place).choose(definition);
  const cpuModel = resolveCpuModel(machine, architecture, accelerator);
  return { program: qemu, accelerator, cpuModel, ...images, disks, medium, network: decidedNetwork(definition), share: shared };
}
