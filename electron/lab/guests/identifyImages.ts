import { imageName, type BootDefinition, type ImageIdentity, type ImageReference } from '../../contract/catalog.ts';
import { DeclaredError } from '../../contract/errors.ts';
import type { ImageDigests } from '../../host/qemu/imageDigests.ts';
import { imagePath, type ImagePlaces } from '../../host/qemu/imagePaths.ts';
import { recordedDigest } from '../../host/storage/shippedImages.ts';

export interface IdentityTools {
  readonly places: ImagePlaces;
  readonly digests: ImageDigests;
}

/** Kernel and modules of a guest with what is in them now, in the order of the boot. Throws IMAGE_MISSING and PATH_REFUSED. */
export async function identifyImages(boot: BootDefinition, { places, digests }: IdentityTools): Promise<ImageIdentity[]> {
  const identities: ImageIdentity[] = [];
  for (const image of imagesOf(boot)) identities.push({ path: imageName(image), digest: await digests.of(imagePath(places, image)) });
  return identities;
}

/**
 * Throws IMAGE_CHANGED for a shipped image that is not as it was built. What counts is the digest that came with this
 * Petri: a guest made with another version boots the image that is here now.
 */
export async function refuseChangedImages(boot: BootDefinition, { places, digests }: IdentityTools): Promise<void> {
  for (const image of imagesOf(boot)) {
    if (image.kind !== 'shipped') continue;
    const path = imagePath(places, image);
    const expected = recordedDigest(places.imagesDirectory, image.path) ?? image.digest;
    const found = await digests.of(path);
    if (found !== expected) throw new DeclaredError('IMAGE_CHANGED', { path, expected, found });
  }
}

function imagesOf({ kernel, modules }: BootDefinition): ImageReference[] {
  return [...(kernel === null ? [] : [kernel]), ...modules.map(({ image }) => image)];
}
