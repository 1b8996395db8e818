import type { GuestDefinition } from '../../contract/guests.ts';

/** The digests of the images of the library that a guest boots from or has in its drive. */
export function libraryDigests({ boot, medium }: Pick<GuestDefinition, 'boot' | 'medium'>): string[] {
  const images = [boot.kernel, ...boot.modules.map(({ image }) => image), medium];
  return images.flatMap((image) => (image?.kind === 'library' ? [image.digest] : []));
}
