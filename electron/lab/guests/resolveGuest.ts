import type { QemuBuild } from '../../contract/accelerators.ts';
import type { GuestDefinition } from '../../contract/guests.ts';
import { resolveCpuModel } from '../../core/accelerators/cpuModel.ts';
import type { ResolvedImages } from '../../core/guests/machineSpecification.ts';
import { imagePath, type ImagePlaces } from '../../host/qemu/imagePaths.ts';
import { inspectImage } from '../../host/qemu/inspectImage.ts';
import type { AcceleratorsService } from '../accelerators/accelerators.ts';
import { refuseChangedImages, type IdentityTools } from './identifyImages.ts';

/** What a definition means on this host: the program, the accelerator and its CPU, the files. */
export interface ResolvedGuest extends ResolvedImages {
  readonly program: QemuBuild;
}

/** Says what is wrong with the images of a guest, without QEMU. Throws the IMAGE_ errors and PATH_REFUSED. */
export async function inspectImages({ architecture, boot }: Pick<GuestDefinition, 'architecture' | 'boot'>, places: ImagePlaces): Promise<Pick<ResolvedImages, 'kernelPath' | 'modules'>> {
  const kernelPath = boot.kernel === null ? null : imagePath(places, boot.kernel);
  if (kernelPath !== null) await inspectImage(kernelPath, { kind: 'kernel', architecture });
  const modules = boot.modules.map((module) => ({ path: imagePath(places, module.image), arguments: module.arguments }));
  for (const { path } of modules) await inspectImage(path, { kind: 'module' });
  return { kernelPath, modules };
}

/** Images first: what is wrong with them needs no QEMU to be said. Throws IMAGE_…, QEMU_… and ACCELERATOR_UNUSABLE. */
export async function resolveGuest(definition: GuestDefinition, accelerators: AcceleratorsService, tools: IdentityTools): Promise<ResolvedGuest> {
  const { architecture, machine } = definition;
  const images = await inspectImages(definition, tools.places);
  await refuseChangedImages(definition.boot, tools);
  const { accelerator, qemu } = await accelerators.choose(architecture, definition.accelerator);
  return { program: qemu, accelerator, cpuModel: resolveCpuModel(machine, architecture, accelerator), ...images, disks: [], medium: null, network: { kind: 'none' } };
}
